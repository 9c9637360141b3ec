"""Retention, holds, exports and erasure: their tables, and what tidings_retention may do to everybody else's.

That role alone takes personal data away: it may empty and delete what is on the map of personal data, and is the only
one that the guards of append-only tables let pass. Whatever is left of an index's build that broke off is cleared away
first, so that this can be run again.
"""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292020"
down_revision: str | None = "202611292010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

RETENTION = "tidings_retention"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
WORK = "SELECT, INSERT, UPDATE, DELETE"

# Table → rights of tidings_app, of tidings_worker, and of tidings_retention; the auditor reads all of them.
RIGHTS: dict[str, tuple[str, str, str]] = {
    # Placed and released by requests; in the way of whoever deletes.
    "holds": (KEEP, READ, READ),
    # Made by the worker, deleted with their time.
    "exports": (KEEP, KEEP, WORK),
    "erasures": (KEEP, READ, KEEP),
    "erased_orders": (READ, READ, WORK),
    "retention_runs": (READ, READ, KEEP),
    # A hold that is released lets everything be looked at anew.
    "retention_marks": ("SELECT, DELETE", READ, WORK),
}

# What is emptied or deleted: personal data, and what hangs on it.
PERSONAL = (
    "orders", "order_lines", "order_notes", "communications", "shipments", "shipment_events", "issues",
    "change_requests", "approvals", "refunds", "stock_reservations", "messages", "contents", "attempts", "receipts",
    "suppressions", "deadlines", "tasks", "events", "outbox", "errands", "inbox", "idempotency_keys",
    "documents", "document_files", "sandbox_messages", "sandbox_callbacks", "sandbox_attachments",
)  # fmt: skip
# What erasure writes beside its records: the errand that was done; a refund's or a check's own errands stay.
SEEN = ("storefronts", "rule_books")

# Append-only for everybody else.
GUARDED = ("receipts", "events", "shipment_events", "approvals", "communications", "documents", "document_files")

NEW_ERRANDS = ("make_export", "erase_person")

# The words that are there already are kept as they are in the database: others may have added theirs. A work table:
# looking at all of it takes less than the lock's time-out.
_ALLOW = """
    DO $$
    DECLARE allowed text;
    BEGIN
        SELECT string_agg(quote_literal(word[1]), ', ' ORDER BY place) INTO allowed
          FROM pg_constraint,
               regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') WITH ORDINALITY AS found (word, place)
         WHERE conname = 'ck_errands_kind' AND word[1] NOT IN ({new});
        ALTER TABLE errands DROP CONSTRAINT ck_errands_kind;
        EXECUTE format('ALTER TABLE errands ADD CONSTRAINT ck_errands_kind CHECK (kind IN (%s))',
                       allowed || '{more}');
    END $$
"""

INDEXES = {
    "ix_tasks_order": "tasks (storefront_id, order_id) WHERE order_id IS NOT NULL",
    "ix_tasks_loose": "tasks (storefront_id, mode, closed_at) WHERE order_id IS NULL",
    "ix_inbox_received": "inbox USING brin (received_at)",
    "ix_idempotency_keys_told": "idempotency_keys (storefront_id, mode) WHERE body IS NOT NULL",
    "ix_suppressions_ended": "suppressions (storefront_id, mode, ends_at) WHERE ends_at IS NOT NULL",
}


def upgrade() -> None:
    """Indexes first, outside of a transaction; then tables, rights, guards."""
    with op.get_context().autocommit_block():
        for name, on in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {on}")
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table, (app, worker, retention) in RIGHTS.items():
        op.execute(f"GRANT {app} ON {table} TO tidings_app")
        op.execute(f"GRANT {worker} ON {table} TO tidings_worker")
        op.execute(f"GRANT {retention} ON {table} TO {RETENTION}")
    op.execute(f"GRANT SELECT ON {', '.join(RIGHTS)} TO tidings_auditor")
    op.execute(f"GRANT SELECT, UPDATE, DELETE ON {', '.join(PERSONAL)} TO {RETENTION}")
    op.execute(f"GRANT SELECT ON {', '.join(SEEN)} TO {RETENTION}")
    op.execute(REFUSE_ALL_BUT_RETENTION)
    for table in GUARDED:
        op.execute(_guard(table, "refuse_all_but_retention"))
    _allow_errands(more=True)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """Nobody takes anything away any more."""
    op.execute("DELETE FROM errands WHERE kind IN ('make_export', 'erase_person')")
    _allow_errands(more=False)
    for table in GUARDED:
        op.execute(_guard(table, "refuse_change"))
    op.execute("DROP FUNCTION refuse_all_but_retention")
    op.execute(f"REVOKE ALL ON {', '.join((*PERSONAL, *SEEN))} FROM {RETENTION}")
    op.execute(f"DROP TABLE {', '.join(RIGHTS)}")
    for name in INDEXES:
        op.execute(f"-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX {name}")


def _guard(table: str, function: str) -> str:
    # In the old one's place: there is a guard at every moment.
    return f"""
        CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {function}()
    """


def _allow_errands(*, more: bool) -> None:
    # Nobody is without it for a moment: the other one takes its place in the same transaction.
    new = ", ".join(f"'{kind}'" for kind in NEW_ERRANDS)
    op.execute(_ALLOW.format(new=new, more=", " + new.replace("'", "''") if more else ""))


# Who has every right (the owner, a superuser) is not thereby whoever keeps and erases.
REFUSE_ALL_BUT_RETENTION = f"""
    CREATE FUNCTION refuse_all_but_retention() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP IN ('UPDATE', 'DELETE') AND pg_has_role(current_user, '{RETENTION}', 'USAGE')
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
        ALTER FUNCTION refuse_all_but_retention() OWNER TO tidings_owner;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the tables belong to %, who may not hand them over to tidings_owner', current_user;
    END $$
"""
