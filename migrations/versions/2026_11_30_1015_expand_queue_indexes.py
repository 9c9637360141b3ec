"""Each index of a queue begins with a column of its own, so that only one of them answers each question.

Both kinds of code run with either.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from alembic import op

revision: str = "202611301015"
down_revision: str | None = "202611300731"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NEW: Final = {
    "ix_outbox_route": "outbox (mode, queue, storefront_id, priority, due_at)",
    "ix_outbox_lane": "outbox (order_id, lane, order_seq)",
    "ix_errands_order_id": "errands (order_id)",
    "ix_errands_waiting": "errands (kind, mode, storefront_id) WHERE kind IN ('check_payment', 'check_stock')",
}
OLD: Final = {
    "ix_outbox_claim": "outbox (storefront_id, mode, queue, priority, due_at)",
    "ix_outbox_order": "outbox (storefront_id, order_id, lane, order_seq)",
    "ix_errands_order": "errands (storefront_id, order_id)",
    "ix_errands_checks": "errands (storefront_id, mode, kind) WHERE kind IN ('check_payment', 'check_stock')",
}


def upgrade() -> None:
    """The new ones take the old ones' place."""
    _swap(OLD, NEW)
    _rekey("id, storefront_id")


def downgrade() -> None:
    """As it was."""
    _rekey("storefront_id, id")
    _swap(NEW, OLD)


def _swap(away: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    with op.get_context().autocommit_block():
        for name, what in wanted.items():
            # What is left of a build that broke off.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {what}")
        for name in away:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _rekey(columns: str) -> None:
    name = "pk_outbox_turned"
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON outbox ({columns})")
    # In one statement: the table has a key at every moment.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        f"ALTER TABLE outbox DROP CONSTRAINT pk_outbox, ADD CONSTRAINT pk_outbox PRIMARY KEY USING INDEX {name}"
    )
