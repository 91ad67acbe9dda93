"""Add posters of videos"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: SQLite's way of making the table anew would lose the triggers of its search.
    op.add_column("videos", sa.Column("poster", sa.String(length=40), nullable=True))
    op.add_column("videos", sa.Column("poster_wanted", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("videos", "poster_wanted")
    op.drop_column("videos", "poster")
