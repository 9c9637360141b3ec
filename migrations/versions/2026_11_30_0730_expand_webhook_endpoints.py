"""Where shops have their events posted to, and a kind of task for those that take none any more."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611300730"
down_revision: str | None = "202611300630"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLE = "webhook_endpoints"
NEW = "webhook_disabled"

OLD_TASKS = (
    "complete_order",
    "check_failed",
    "verify_by_hand",
    "handle_issue",
    "call_customer",
    "decide_change",
    "refund_by_hand",
    "collect_payment",
    "stop_shipment",
    "promise_at_risk",
    "promise_missed",
    "message_dead",
    "message_unrenderable",
    "message_parked",
    "no_connection",
    "connection_halted",
    "reply_received",
    "receipt_overdue",
    "errand_parked",
    "document_not_made",
    "low_rating",
    "hold_review",
    "review_follow_up",
)


def upgrade() -> None:
    """The table and its rights; the auditor, who sees no secrets, does not read it."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO tidings_app")
    op.execute(f"GRANT SELECT, UPDATE ON {TABLE} TO tidings_worker")
    _allow((*OLD_TASKS, NEW))
    op.execute(HAND_OVER)


def downgrade() -> None:
    """Nothing is posted; events are read."""
    op.execute(f"DELETE FROM tasks WHERE kind = '{NEW}'")  # noqa: S608 - a name of our own
    _allow(OLD_TASKS)
    op.execute("ALTER TABLE tasks VALIDATE CONSTRAINT ck_tasks_kind")
    op.execute(f"DROP TABLE {TABLE}")


def _allow(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    # Nobody is without it for a moment: the other one takes its place in the same transaction.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE tasks DROP CONSTRAINT ck_tasks_kind")
    op.execute(f"ALTER TABLE tasks ADD CONSTRAINT ck_tasks_kind CHECK (kind IN ({allowed})) NOT VALID")


# Whoever migrates, the table belongs to the owner's role.
HAND_OVER = f"""
    DO $$
    BEGIN
        IF current_user = 'tidings_owner' THEN RETURN; END IF;
        ALTER TABLE {TABLE} OWNER TO tidings_owner;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the table belongs to %, who may not hand it over to tidings_owner', current_user;
    END $$
"""
