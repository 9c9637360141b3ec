"""The order's life: issues, calls, changes and refunds, stock, the errands between them, and rules with a history."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611291640"
down_revision: str | None = "202611231500"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
WORK = "SELECT, INSERT, UPDATE, DELETE"

# Table → rights of tidings_app and of tidings_worker; the auditor reads all of them.
RIGHTS: dict[str, tuple[str, str]] = {
    "errands": (WORK, WORK),
    "issues": (KEEP, KEEP),
    "stock": (KEEP, KEEP),
    "stock_reservations": (KEEP, KEEP),
    "stock_movements": (APPEND, APPEND),
    "change_requests": (KEEP, KEEP),
    "approvals": (APPEND, APPEND),
    "refunds": (KEEP, KEEP),
    "rule_books": (APPEND, READ),
    "communications": (APPEND, READ),
}

# What happened stays as it was told.
APPEND_ONLY = ("stock_movements", "approvals", "rule_books", "communications")

OLD_TASKS = (
    "complete_order",
    "check_failed",
    "message_dead",
    "message_unrenderable",
    "message_parked",
    "no_connection",
    "connection_halted",
    "reply_received",
    "receipt_overdue",
)
TASKS = (
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
)


def upgrade() -> None:
    """New tables; more kinds of tasks; clocks that are warned of."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    _grant()
    for table in APPEND_ONLY:
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
    op.execute("""
        ALTER TABLE deadlines ADD COLUMN warned_at timestamptz, ADD COLUMN escalated_at timestamptz,
            ADD COLUMN escalates_at timestamptz
    """)
    # What was kept too late before anybody watched is no news.
    op.execute("UPDATE deadlines SET missed_at = due_at WHERE met_at > due_at AND missed_at IS NULL")
    _allow_tasks(TASKS)
    # The rules of shops that are there already are in force from their last change on.
    op.execute("""
        INSERT INTO rule_books (storefront_id, version, time_zone, calendar, policy, from_at, changed_by)
        SELECT id, version, time_zone, calendar, policy, updated_at, 'system' FROM storefronts
    """)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """As the first release left it; what only the order's life knows is gone."""
    known = ", ".join(f"'{kind}'" for kind in OLD_TASKS)
    op.execute(f"DELETE FROM tasks WHERE kind NOT IN ({known})")  # noqa: S608 - names of our own
    _allow_tasks(OLD_TASKS)
    op.execute("ALTER TABLE tasks VALIDATE CONSTRAINT ck_tasks_kind")
    op.execute("""
        ALTER TABLE deadlines DROP COLUMN warned_at, DROP COLUMN escalated_at, DROP COLUMN escalates_at
    """)
    op.execute(f"DROP TABLE {', '.join(reversed(RIGHTS))}")


def _grant() -> None:
    for table, (app, worker) in RIGHTS.items():
        op.execute(f"GRANT {app} ON {table} TO tidings_app")
        op.execute(f"GRANT {worker} ON {table} TO tidings_worker")
    op.execute(f"GRANT SELECT ON {', '.join(RIGHTS)} TO tidings_auditor")


def _allow_tasks(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    # Nobody is without it for a moment: the wider one takes its place in the same transaction.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE tasks DROP CONSTRAINT ck_tasks_kind")
    op.execute(f"ALTER TABLE tasks ADD CONSTRAINT ck_tasks_kind CHECK (kind IN ({allowed})) NOT VALID")


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
