"""Add images, the covers of posts, and which posts show them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    state = sa.Enum(
        "processing", "ready", "failed", name="imagestate", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "images",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("filename", sa.String(length=300), nullable=True),
        sa.Column("alt", sa.String(length=1000), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("widths", document, nullable=False),
        sa.Column("errors", document, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_images_size")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name="fk_images_organization_id_organizations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_images_author_id_users", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_images_job_id_jobs", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("token", name=op.f("uq_images_token")),
    )
    op.create_index("ix_images_organization_created", "images", ["organization_id", "created_at", "id"])
    op.create_index("ix_images_author_id", "images", ["author_id"])
    op.create_index("ix_images_job_id", "images", ["job_id"])
    op.create_table(
        "post_images",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_images_post_id_posts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name="fk_post_images_image_id_images", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "image_id", name=op.f("pk_post_images")),
    )
    op.create_index("ix_post_images_image", "post_images", ["image_id", "post_id"])
    if _is_sqlite():
        # Not by making the table anew, as Alembic would: its triggers fill the search index.
        reference = "CONSTRAINT fk_posts_cover_image_id_images REFERENCES images (id)"
        op.execute(f"ALTER TABLE posts ADD COLUMN cover_image_id CHAR(32) {reference}")
    else:
        op.add_column("posts", sa.Column("cover_image_id", sa.Uuid(), nullable=True))
        op.create_foreign_key("fk_posts_cover_image_id_images", "posts", "images", ["cover_image_id"], ["id"])
    op.create_index("ix_posts_cover_image_id", "posts", ["cover_image_id"])


def downgrade() -> None:
    op.drop_index("ix_posts_cover_image_id", "posts")
    if not _is_sqlite():  # there the reference is the column's own
        op.drop_constraint("fk_posts_cover_image_id_images", "posts", type_="foreignkey")
    op.drop_column("posts", "cover_image_id")
    op.drop_table("post_images")
    op.drop_table("images")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
