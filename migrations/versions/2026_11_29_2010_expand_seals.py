"""Sealed records: the tables of the seals, a role that prunes, and the salts that link records to personal data.

A fifth role, tidings_retention, is the only one that may delete records, and may delete nothing else of the trail. It
is made here if it is missing, without a password and without login, as the others were.
"""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292010"
down_revision: str | None = "202611291641"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

RETENTION = "tidings_retention"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"

# Table → rights of tidings_app and of tidings_worker, which seals; the auditor and whoever prunes read all of them.
RIGHTS: dict[str, tuple[str, str]] = {
    "record_logs": (READ, KEEP),
    "record_seals": (READ, APPEND),
    "record_tiles": (READ, APPEND),
    "record_heads": (READ, APPEND),
    "record_keys": (READ, APPEND),
}
APPEND_ONLY = ("record_seals", "record_tiles", "record_heads", "record_keys")

# What is personal keeps its salt beside it; the record holds the digest of both.
SALTED = ("events", "contents", "order_notes", "communications")

ROLE_SETTINGS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


def upgrade() -> None:
    """Tables, rights, guards; records may be deleted by one role alone."""
    op.execute(CREATE_ROLE)
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    _grant()
    for table in APPEND_ONLY:
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
    op.execute(REFUSE_ALL_BUT_PRUNING)
    op.execute(_guard_records("refuse_all_but_pruning"))
    for table in SALTED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN salt bytea")
    op.execute(_settings_of_role())
    op.execute(HAND_OVER)


def downgrade() -> None:
    """Records without seals, which nobody deletes. The role stays: other databases of the server may use it."""
    op.execute(_guard_records("refuse_change"))
    op.execute("DROP FUNCTION refuse_all_but_pruning")
    for table in SALTED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN salt")
    op.execute(f"DROP TABLE {', '.join(RIGHTS)}")
    op.execute(f"REVOKE ALL ON records, alembic_version FROM {RETENTION}")
    op.execute(f"REVOKE ALL ON SCHEMA public FROM {RETENTION}")


def _grant() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {RETENTION}")
    op.execute(f"GRANT SELECT ON alembic_version TO {RETENTION}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON records TO {RETENTION}")
    for table, (app, worker) in RIGHTS.items():
        op.execute(f"GRANT {app} ON {table} TO tidings_app")
        op.execute(f"GRANT {worker} ON {table} TO tidings_worker")
    op.execute(f"GRANT SELECT ON {', '.join(RIGHTS)} TO tidings_auditor, {RETENTION}")


def _guard_records(function: str) -> str:
    # In the old one's place: there is a guard at every moment.
    return f"""
        CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON records
        FOR EACH STATEMENT EXECUTE FUNCTION {function}()
    """


def _settings_of_role() -> str:
    changes = "\n".join(f"ALTER ROLE {RETENTION} SET {name} = '{value}';" for name, value in ROLE_SETTINGS.items())
    # Where an administrator made the role, the migrating one may not change it.
    return f"""
        DO $$ BEGIN
            {changes}
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'time-outs of {RETENTION} are not set: may not change that role';
        END $$
    """


# Two databases of one server may be migrated at the same moment.
CREATE_ROLE = f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{RETENTION}') THEN
            CREATE ROLE {RETENTION} NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""  # noqa: S608 - a name of our own

# Who has every right (the owner, a superuser) is not thereby whoever prunes.
REFUSE_ALL_BUT_PRUNING = f"""
    CREATE FUNCTION refuse_all_but_pruning() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND pg_has_role(current_user, '{RETENTION}', 'USAGE')
            AND NOT (SELECT rolsuper OR rolname = 'tidings_owner' FROM pg_roles WHERE rolname = current_user)
        THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$
"""  # noqa: S608 - a name of our own

# Whoever migrates, tables and functions belong to the owner's role.
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
        ALTER FUNCTION refuse_all_but_pruning() OWNER TO tidings_owner;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the tables belong to %, who may not hand them over to tidings_owner', current_user;
    END $$
"""
