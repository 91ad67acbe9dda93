"""Add slugs, invitations and quotas of organizations"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROLE = sa.Enum("owner", "admin", "editor", "viewer", name="role", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _extend_organizations()
    _add_slugs()
    _add_invitations()
    _add_quotas()
    op.execute("INSERT INTO organization_slugs (slug, organization_id) SELECT slug, id FROM organizations")
    op.execute(
        "INSERT INTO quota_usages (organization_id, stored_bytes, reserved_bytes, open_uploads, video_s) "
        "SELECT o.id, coalesce(sum(v.size_bytes), 0), 0, 0, coalesce(sum(v.duration_s), 0) "
        "FROM organizations o LEFT JOIN videos v ON v.organization_id = o.id GROUP BY o.id"
    )


def _extend_organizations() -> None:
    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("description", sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_organizations_deleted_at",
        "organizations",
        ["deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
    )


def _add_slugs() -> None:
    op.create_table(
        "organization_slugs",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_organization_slugs_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organization_slugs")),
    )
    with op.batch_alter_table("organization_slugs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_slugs_organization_id"), ["organization_id"], unique=False)


def _add_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("role", _ROLE, nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_lower")),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_invitations_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("organization_id", "email", name=op.f("uq_invitations_organization_id_email")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index("ix_invitations_organization", ["organization_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitations_invited_by_id"), ["invited_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitations_expires_at"), ["expires_at"], unique=False)


def _add_quotas() -> None:
    op.create_table(
        "quota_usages",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.Column("reserved_bytes", sa.BigInteger(), nullable=False),
        sa.Column("open_uploads", sa.Integer(), nullable=False),
        sa.Column("video_s", sa.Double(), nullable=False),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=True),
        sa.Column("limit_video_minutes", sa.Integer(), nullable=True),
        sa.Column("limit_uploads", sa.Integer(), nullable=True),
        sa.CheckConstraint("stored_bytes >= 0", name=op.f("ck_quota_usages_stored_bytes")),
        sa.CheckConstraint("reserved_bytes >= 0", name=op.f("ck_quota_usages_reserved_bytes")),
        sa.CheckConstraint("open_uploads >= 0", name=op.f("ck_quota_usages_open_uploads")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_quota_usages_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_quota_usages")),
    )
    op.create_table(
        "quota_reservations",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_quota_reservations_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_quota_reservations")),
    )
    with op.batch_alter_table("quota_reservations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_reservations_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quota_reservations_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    for table in ("quota_reservations", "quota_usages", "invitations", "organization_slugs"):
        op.drop_table(table)
    op.drop_index("ix_organizations_deleted_at", table_name="organizations")
    with op.batch_alter_table("organizations", schema=None) as batch_op:
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("revision")
        batch_op.drop_column("description")
