"""Feedback and reviews of the procedure; what staff is told of a review is a message about no order."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292040"
down_revision: str | None = "202611292030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"

# Table → rights of tidings_app and of tidings_worker; the auditor reads all of them.
RIGHTS: dict[str, tuple[str, str]] = {
    "feedback": (APPEND, READ),
    "template_comments": (APPEND, READ),
    "reviews": (KEEP, KEEP),
    "review_causes": (APPEND, APPEND),
    "review_watches": (KEEP, KEEP),
}

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
)
TASKS = (*OLD_TASKS, "low_rating", "hold_review", "review_follow_up")

OLD_ERRANDS = (
    "check_payment",
    "check_stock",
    "commit_stock",
    "release_stock",
    "expire_unpaid",
    "close_order",
    "review_changes",
    "refund_cancelled",
    "carry_refund",
    "make_document",
    "credit_cancelled",
    "make_export",
    "erase_person",
)
ERRANDS = (*OLD_ERRANDS, "ask_feedback")


def upgrade() -> None:
    """New tables; more kinds of tasks and errands; messages that belong to a review."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table, (app, worker) in RIGHTS.items():
        op.execute(f"GRANT {app} ON {table} TO tidings_app")
        op.execute(f"GRANT {worker} ON {table} TO tidings_worker")
    op.execute(f"GRANT SELECT ON {', '.join(RIGHTS)} TO tidings_auditor")
    # What a customer said goes with the customer.
    op.execute("GRANT SELECT, UPDATE, DELETE ON feedback TO tidings_retention")
    _allow("tasks", TASKS)
    _allow("errands", ERRANDS)
    op.execute(
        "-- squawk-ignore ban-drop-constraint\nALTER TABLE messages DROP CONSTRAINT fk_messages_storefront_id_order_id"
    )
    # What shops that are there already have changed before now is no news; this release's table of milestones is.
    op.execute("""
        INSERT INTO review_watches (storefront_id, xid, record_id, yearly_at, known_tables)
        SELECT id, pg_snapshot_xmin(pg_current_snapshot()), '00000000-0000-0000-0000-000000000000',
               created_at + interval '1 year', '[]'
        FROM storefronts
    """)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """As it was; what only reviews and feedback know is gone, and so is what was said of them."""
    new = ", ".join(f"'{kind}'" for kind in TASKS[len(OLD_TASKS) :])
    op.execute(f"DELETE FROM tasks WHERE kind IN ({new})")  # noqa: S608 - names of our own
    op.execute("DELETE FROM errands WHERE kind = 'ask_feedback'")
    for table, kinds in (("tasks", OLD_TASKS), ("errands", OLD_ERRANDS)):
        _allow(table, kinds)
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_kind")
    # Receipts are never removed but here: their messages' foreign key could not come back without it.
    op.execute("ALTER TABLE receipts DISABLE TRIGGER append_only")
    for table in ("receipts", "attempts", "contents", "outbox", "messages"):
        op.execute(f"""
            DELETE FROM {table} t USING reviews r WHERE t.storefront_id = r.storefront_id AND t.order_id = r.id
        """)  # noqa: S608 - names of our own
    op.execute("ALTER TABLE receipts ENABLE TRIGGER append_only")
    op.execute("""
        ALTER TABLE messages ADD CONSTRAINT fk_messages_storefront_id_order_id
        FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id)
    """)
    op.execute(f"DROP TABLE {', '.join(reversed(RIGHTS))}")


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    # Nobody is without it for a moment: the wider one takes its place in the same transaction.
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT ck_{table}_kind")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_kind CHECK (kind IN ({allowed})) NOT VALID")


# Whoever migrates, the tables belong to the owner's role.
HAND_OVER = """
    DO $$
    DECLARE name text;
    BEGIN
        IF current_user = 'tidings_owner' THEN RETURN; END IF;
        FOR name IN
            SELECT relname FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner = current_user::regrole
        LOOP
            EXECUTE format('ALTER TABLE public.%I OWNER TO tidings_owner', name);
        END LOOP;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the tables belong to %, who may not hand them over to tidings_owner', current_user;
    END $$
"""
