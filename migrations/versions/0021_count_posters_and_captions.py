"""Count posters and captions that somebody sent"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: SQLite's way of making the table anew would lose the triggers of its search. What is there already
    # counts from when it is sent again.
    for name in ("poster_bytes", "captions_bytes"):
        op.add_column("videos", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    for name in ("captions_bytes", "poster_bytes"):
        op.drop_column("videos", name)
