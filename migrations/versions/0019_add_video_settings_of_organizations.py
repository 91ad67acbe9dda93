"""Add video settings of organizations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("organizations", sa.Column("video_rungs", document, nullable=True))
    # The default is for the rows that are there; SQLite adds such a column without making the table anew.
    op.add_column("organizations", sa.Column("keep_original", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("videos", sa.Column("original_removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("videos", "original_removed_at")
    op.drop_column("organizations", "keep_original")
    op.drop_column("organizations", "video_rungs")
