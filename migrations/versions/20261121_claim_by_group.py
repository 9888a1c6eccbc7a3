"""The index of the claim leads with what a batch has in common, so that a paused direction is passed by in one step"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = "ix_sync_queue_claim"
BY_TIME = ("priority", "scheduled_at", "id")
GROUP = ("link_id", "direction", "entity_type", "side")
CLAIMABLE = sa.text("status = 'pending' AND held_reason IS NULL")


def upgrade() -> None:
    op.drop_index(NAME, table_name="sync_queue")
    op.create_index(NAME, "sync_queue", [*GROUP, *BY_TIME], postgresql_where=CLAIMABLE)
    # What is at work is few rows, all of them in the index that keeps a record from being worked on twice.
    op.drop_index("ix_sync_queue_lease", table_name="sync_queue")


def downgrade() -> None:
    op.drop_index(NAME, table_name="sync_queue")
    op.create_index(NAME, "sync_queue", [*BY_TIME], postgresql_where=CLAIMABLE)
    op.create_index(
        "ix_sync_queue_lease", "sync_queue", ["leased_until"], postgresql_where=sa.text("status = 'processing'")
    )
