"""Add tags, authors and revisions of posts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    # SQLite makes the table anew and drops the old one, which empties whatever refers to it: so this comes first.
    op.execute("CREATE TABLE bylines AS SELECT id AS post_id, author_id FROM posts WHERE author_id IS NOT NULL")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seo", document, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("video_ids", document, nullable=False, server_default="[]"))
        batch_op.drop_index("ix_posts_author")
        batch_op.create_index("ix_posts_renderer", ["renderer_version"], unique=False)
        batch_op.drop_constraint("fk_posts_author_id_users", type_="foreignkey")
        batch_op.drop_column("author_id")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.alter_column("seo", server_default=None)
        batch_op.alter_column("video_ids", server_default=None)
    op.create_table(
        "tags",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("posts_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_tags_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("organization_id", "slug", name=op.f("uq_tags_organization_id_slug")),
    )
    op.create_table(
        "post_authors",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_authors_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_post_authors_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_post_authors")),
    )
    with op.batch_alter_table("post_authors", schema=None) as batch_op:
        batch_op.create_index("ix_post_authors_user", ["user_id", "post_id"], unique=False)
    op.execute("INSERT INTO post_authors (post_id, user_id, position) SELECT post_id, author_id, 0 FROM bylines")
    op.drop_table("bylines")

    op.create_table(
        "post_revisions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Uuid(), nullable=True),
        sa.Column("content", document, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"], ["users.id"], name=op.f("fk_post_revisions_editor_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_revisions_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_revisions")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_post_revisions_post_id_number")),
    )
    with op.batch_alter_table("post_revisions", schema=None) as batch_op:
        batch_op.create_index("ix_post_revisions_newest", ["post_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_post_revisions_editor_id", ["editor_id"], unique=False)

    op.create_table(
        "post_slugs",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_post_slugs_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_slugs_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organization_id", "slug", name=op.f("pk_post_slugs")),
    )
    with op.batch_alter_table("post_slugs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_slugs_post_id"), ["post_id"], unique=False)

    op.create_table(
        "post_tags",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id_posts"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_post_tags_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name=op.f("pk_post_tags")),
    )
    with op.batch_alter_table("post_tags", schema=None) as batch_op:
        batch_op.create_index("ix_post_tags_tag", ["tag_id", "post_id"], unique=False)


def downgrade() -> None:
    op.execute("CREATE TABLE bylines AS SELECT post_id, user_id FROM post_authors WHERE position = 0")
    for table in ("post_tags", "post_slugs", "post_revisions", "post_authors", "tags"):
        op.drop_table(table)
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key("fk_posts_author_id_users", "users", ["author_id"], ["id"], ondelete="SET NULL")
        batch_op.drop_index("ix_posts_renderer")
        batch_op.create_index("ix_posts_author", ["author_id", "published_at"], unique=False)
        batch_op.drop_column("video_ids")
        batch_op.drop_column("seo")
    op.execute("UPDATE posts SET author_id = (SELECT user_id FROM bylines WHERE post_id = posts.id)")
    op.drop_table("bylines")
