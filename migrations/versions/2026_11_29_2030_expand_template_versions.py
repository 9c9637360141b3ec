"""Versions of a shop's own wording, whose words stay as they were reviewed."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292030"
down_revision: str | None = "202611292020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLE = "template_versions"

# What was reviewed is what is sent: nobody, the owner's role included, rewords a version that has been submitted, and
# a layout is made ready once, when it is published.
REFUSE = """
    CREATE FUNCTION refuse_rewording() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'UPDATE' THEN
            RAISE EXCEPTION 'template_versions is kept: % is refused', TG_OP
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF OLD.status <> 'draft' AND (NEW.mode, NEW.milestone, NEW.version, NEW.wording, NEW.layout, NEW.sha256)
            IS DISTINCT FROM (OLD.mode, OLD.milestone, OLD.version, OLD.wording, OLD.layout, OLD.sha256)
        THEN
            RAISE EXCEPTION 'the words of a version that is % stay as they are', OLD.status
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF OLD.status <> 'in_review' AND NEW.compiled IS DISTINCT FROM OLD.compiled THEN
            RAISE EXCEPTION 'a layout is made ready when it is published'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    """The table, its rights, and its guard."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO tidings_app")
    op.execute(f"GRANT SELECT ON {TABLE} TO tidings_worker, tidings_auditor")
    op.execute(REFUSE)
    op.execute(f"""
        CREATE TRIGGER keep_words BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION refuse_rewording()
    """)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """Shops are worded as built in again."""
    op.execute(f"DROP TABLE {TABLE}")
    op.execute("DROP FUNCTION refuse_rewording()")


# Whoever migrates, the table belongs to the owner's role.
HAND_OVER = f"""
    DO $$
    BEGIN
        IF current_user = 'tidings_owner' THEN RETURN; END IF;
        ALTER TABLE {TABLE} OWNER TO tidings_owner;
        ALTER FUNCTION refuse_rewording() OWNER TO tidings_owner;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the tables belong to %, who may not hand them over to tidings_owner', current_user;
    END $$
"""
