"""Make MP4s on demand"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("videos", sa.Column("mp4_used_at", sa.DateTime(timezone=True), nullable=True))
    # The files that are there count as used today.
    op.execute("UPDATE videos SET mp4_used_at = CURRENT_TIMESTAMP WHERE has_mp4")
    op.create_index(
        "ix_videos_mp4_used_at",
        "videos",
        ["mp4_used_at"],
        postgresql_where=sa.text("mp4_used_at IS NOT NULL"),
        sqlite_where=sa.text("mp4_used_at IS NOT NULL"),
    )
    op.drop_column("videos", "has_mp4")


def downgrade() -> None:
    op.add_column("videos", sa.Column("has_mp4", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE videos SET has_mp4 = (mp4_used_at IS NOT NULL)")
    op.drop_index("ix_videos_mp4_used_at", table_name="videos")
    op.drop_column("videos", "mp4_used_at")
