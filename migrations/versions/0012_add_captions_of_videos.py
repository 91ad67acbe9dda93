"""Add captions of videos"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    # The default is for the rows that are there; SQLite adds such a column without making the table anew.
    op.add_column("videos", sa.Column("captions", document, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("videos", "captions")
