"""A create that was announced remembers whose it is and what was sent, so that a retry finds what it made"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "create_intents"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("source_id", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("source_state", postgresql.JSONB(), nullable=True))
    op.add_column(TABLE, sa.Column("sent", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, "sent")
    op.drop_column(TABLE, "source_state")
    op.drop_column(TABLE, "source_id")
