"""Completion documents: what was issued, what was made of it, how far the numbers are; their errands and task."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292000"
down_revision: str | None = "202611291641"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
WORK = "SELECT, INSERT, UPDATE, DELETE"

# Table → rights of tidings_app and of tidings_worker; the auditor reads all of them.
RIGHTS: dict[str, tuple[str, str]] = {
    "documents": (APPEND, APPEND),
    "document_files": (APPEND, APPEND),
    "document_series": (KEEP, KEEP),
    "sandbox_attachments": (WORK, WORK),
}

# A document stays as it was issued, and its file as it was made.
APPEND_ONLY = ("documents", "document_files")

NEW_ERRANDS = ("make_document", "credit_cancelled")
NEW_TASKS = ("document_not_made",)

# The words that are there already are kept as they are in the database: others may have added theirs. Both tables hold
# what is still to be done, and a few years' tasks: looking at all of it takes less than the lock's time-out.
_ALLOW = """
    DO $$
    DECLARE allowed text;
    BEGIN
        SELECT string_agg(quote_literal(word[1]), ', ' ORDER BY place) INTO allowed
          FROM pg_constraint,
               regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') WITH ORDINALITY AS found (word, place)
         WHERE conname = 'ck_{table}_kind' AND word[1] NOT IN ({new});
        ALTER TABLE {table} DROP CONSTRAINT ck_{table}_kind;
        EXECUTE format('ALTER TABLE {table} ADD CONSTRAINT ck_{table}_kind CHECK (kind IN (%s))',
                       allowed || '{more}');
    END $$
"""


def upgrade() -> None:
    """New tables; more kinds of errands and tasks."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table, (app, worker) in RIGHTS.items():
        op.execute(f"GRANT {app} ON {table} TO tidings_app")
        op.execute(f"GRANT {worker} ON {table} TO tidings_worker")
    op.execute(f"GRANT SELECT ON {', '.join(RIGHTS)} TO tidings_auditor")
    for table in APPEND_ONLY:
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
    _allow("errands", NEW_ERRANDS)
    _allow("tasks", NEW_TASKS)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """Without documents; what only they know is gone."""
    for table, new in (("errands", NEW_ERRANDS), ("tasks", NEW_TASKS)):
        op.execute(f"DELETE FROM {table} WHERE kind IN ({_quoted(new)})")  # noqa: S608 - names of our own
        _allow(table, new, more=False)
    op.execute(f"DROP TABLE {', '.join(reversed(RIGHTS))}")


def _allow(table: str, new: tuple[str, ...], *, more: bool = True) -> None:
    # Nobody is without it for a moment: the other one takes its place in the same transaction.
    wider = ", " + _quoted(new).replace("'", "''") if more else ""
    op.execute(_ALLOW.format(table=table, new=_quoted(new), more=wider))


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


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
