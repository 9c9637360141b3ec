"""Every table of the first release, the roles that may touch them, and what nobody may change.

Four roles stand for four duties; whoever connects is one of them, or a login that is a member of one:
tidings_owner migrates, tidings_app answers requests, tidings_worker sends, tidings_auditor looks. They are made
here if they are missing, without a password and without login.
"""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611231500"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ROLES = ("tidings_owner", "tidings_app", "tidings_worker", "tidings_auditor")

READ = "SELECT"
APPEND = "SELECT, INSERT"
CHANGE = "SELECT, UPDATE"
KEEP = "SELECT, INSERT, UPDATE"
WORK = "SELECT, INSERT, UPDATE, DELETE"

# Table → rights of tidings_app and of tidings_worker. The auditor reads everything but secrets.
RIGHTS: dict[str, tuple[str, str]] = {
    "storefronts": (KEEP, READ),
    "api_keys": (KEEP, READ),
    "connections": (KEEP, CHANGE),
    "order_numbers": (KEEP, READ),
    "idempotency_keys": (WORK, WORK),
    "orders": (KEEP, KEEP),
    # Lines are replaced while an order is incomplete.
    "order_lines": (WORK, READ),
    "order_notes": (APPEND, READ),
    "shipments": (KEEP, KEEP),
    "shipment_events": (APPEND, APPEND),
    "messages": (KEEP, KEEP),
    "contents": (KEEP, KEEP),
    "attempts": (KEEP, KEEP),
    "receipts": (APPEND, APPEND),
    "suppressions": (KEEP, KEEP),
    "deadlines": (KEEP, KEEP),
    "tasks": (KEEP, KEEP),
    "events": (APPEND, APPEND),
    "records": (APPEND, APPEND),
    "outbox": (WORK, WORK),
    "inbox": (WORK, WORK),
    "sandbox_messages": (WORK, WORK),
    "sandbox_callbacks": (WORK, WORK),
}
SECRETS = ("api_keys", "connections")

# What happened stays as it was told; the trigger holds even for the owner, who has every right.
APPEND_ONLY = ("records", "receipts", "events", "shipment_events")

# Rows here change several times within seconds of being written: vacuum by count, never by share of the table.
HOT = ("outbox", "messages", "attempts", "deadlines", "inbox")

# A request or a worker that hangs must not hold its locks for ever, nor wait for somebody else's. As settings of the
# roles they need no SET, so they hold behind a transaction pooler, too. `IN DATABASE` would ask for the same rights.
# Logins that are members of a role do not inherit its settings: give them the same.
ROLE_SETTINGS: dict[str, dict[str, str]] = {
    "tidings_app": {
        "statement_timeout": "15s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
    },
    "tidings_worker": {
        "statement_timeout": "60s",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "60s",
    },
    "tidings_auditor": {
        "statement_timeout": "300s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "300s",
        "default_transaction_read_only": "on",
    },
}


def upgrade() -> None:
    """Roles, tables, rights, guards."""
    for role in ROLES:
        op.execute(_create_role(role))
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    _grant()
    _guard()
    for table in HOT:
        op.execute(f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)")
    for role, settings in ROLE_SETTINGS.items():
        op.execute(_set_for_role(role, settings))
    op.execute(HAND_OVER)


def downgrade() -> None:
    """An empty database again. The roles stay: they are the whole server's, and other databases may use them."""
    op.execute(f"DROP TABLE {', '.join(RIGHTS)}")
    op.execute("DROP FUNCTION refuse_change")
    others = ", ".join(ROLES[1:])
    op.execute(f"REVOKE ALL ON SCHEMA public FROM {others}")
    op.execute(f"REVOKE ALL ON alembic_version FROM {others}")


def _create_role(role: str) -> str:
    # Two databases of one server may be migrated at the same moment.
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} NOLOGIN;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
    """


def _grant() -> None:
    others = ", ".join(ROLES[1:])
    op.execute(f"GRANT USAGE ON SCHEMA public TO {others}")
    op.execute(f"GRANT SELECT ON alembic_version TO {others}")
    for table, (app, worker) in RIGHTS.items():
        op.execute(f"GRANT {app} ON {table} TO tidings_app")
        op.execute(f"GRANT {worker} ON {table} TO tidings_worker")
    seen = ", ".join(table for table in RIGHTS if table not in SECRETS)
    op.execute(f"GRANT SELECT ON {seen} TO tidings_auditor")


def _guard() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    for table in APPEND_ONLY:
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)


def _set_for_role(role: str, settings: dict[str, str]) -> str:
    changes = "\n".join(f"ALTER ROLE {role} SET {name} = '{value}';" for name, value in settings.items())
    # Where an administrator made the roles, the migrating one may not change them.
    return f"""
        DO $$ BEGIN
            {changes}
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'time-outs of {role} are not set: may not change that role';
        END $$
    """


# Whoever migrated first (an administrator, perhaps), the tables belong to the owner's role from now on.
HAND_OVER = """
    DO $$
    DECLARE name text;
    BEGIN
        IF current_user = 'tidings_owner' THEN RETURN; END IF;
        IF NOT pg_has_role(current_user, 'tidings_owner', 'MEMBER') THEN
            EXECUTE format('GRANT tidings_owner TO %I', current_user);
        END IF;
        GRANT USAGE, CREATE ON SCHEMA public TO tidings_owner;
        FOR name IN
            SELECT relname FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner = current_user::regrole
        LOOP
            EXECUTE format('ALTER TABLE public.%I OWNER TO tidings_owner', name);
        END LOOP;
        ALTER FUNCTION refuse_change() OWNER TO tidings_owner;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the tables belong to %, who may not hand them over to tidings_owner', current_user;
    END $$
"""
