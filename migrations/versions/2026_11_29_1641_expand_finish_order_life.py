"""What cannot be done in the transaction before, without holding up everybody: indexes, and a look at old tasks.

Clocks are found by their id alone, and those that are still broken without looking at the others. Whatever is left of
a build that broke off is cleared away first, so that this can be run again.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "202611291641"
down_revision: str | None = "202611291640"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STILL_BROKEN = "missed_at IS NOT NULL AND met_at IS NULL AND cancelled_at IS NULL"
KEPT_LATE = "met_at > due_at AND missed_at IS NULL"


def upgrade() -> None:
    """The same primary key in the order in which it is asked for; two more indexes; the kinds of tasks made sure of."""
    with op.get_context().autocommit_block():
        _build("UNIQUE INDEX", "pk_deadlines_by_id", "deadlines (storefront_id, id, order_id)")
        _build("INDEX", "ix_deadlines_missed", f"deadlines (escalates_at) WHERE {STILL_BROKEN}")
        _build("INDEX", "ix_deadlines_late", f"deadlines (met_at) WHERE {KEPT_LATE}")
    _rekey("pk_deadlines_by_id")
    op.execute("ALTER TABLE tasks VALIDATE CONSTRAINT ck_tasks_kind")


def downgrade() -> None:
    """As it was."""
    with op.get_context().autocommit_block():
        _build("UNIQUE INDEX", "pk_deadlines_by_order", "deadlines (storefront_id, order_id, id)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_deadlines_missed")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_deadlines_late")
    _rekey("pk_deadlines_by_order")


def _build(kind: str, name: str, on: str) -> None:
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.execute(f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {name} ON {on}")


def _rekey(index: str) -> None:
    # In one statement: there is a primary key at every moment.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE deadlines DROP CONSTRAINT pk_deadlines,"
        f" ADD CONSTRAINT pk_deadlines PRIMARY KEY USING INDEX {index}"
    )
