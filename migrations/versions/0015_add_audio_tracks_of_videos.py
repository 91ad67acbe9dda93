"""Add audio tracks of videos"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    # As with captions: a default for the rows that are there, and no batch, so that SQLite's table stays.
    op.add_column("videos", sa.Column("audio_tracks", document, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("videos", "audio_tracks")
