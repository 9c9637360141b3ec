"""What people wrote about what a record tells stands beside it: personal, and append-only for all but retention.

Records that were written before keep what they hold.
"""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292300"
down_revision: str | None = "202611292041"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLE = "record_words"


def upgrade() -> None:
    """The table, its rights, its guard."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO tidings_app, tidings_worker")
    op.execute(f"GRANT SELECT ON {TABLE} TO tidings_auditor")
    op.execute(f"GRANT SELECT, UPDATE, DELETE ON {TABLE} TO tidings_retention")
    op.execute(f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_all_but_retention()
    """)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """The words are gone; records have their digests."""
    op.execute(f"DROP TABLE {TABLE}")


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
