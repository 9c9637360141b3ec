"""What is to be deleted from buckets: noted by whoever deletes a document's row, and by whoever puts an object."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "202611292310"
down_revision: str | None = "202611292300"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLE = "blobs_to_delete"

# In the transaction that deletes the row, whoever that is: it stands or falls with it. Where there is a note already it
# may be that of a worker that is putting the object now, so the later of both is right; and it is updated in any case,
# for whoever is about to drop it holds its lock.
NOTE = f"""
    CREATE FUNCTION note_blobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO {TABLE} (storefront_id, document_id, store, order_id, mode, due_at)
        SELECT g.storefront_id, g.document_id, g.store, g.order_id, d.mode, now()
          FROM gone g JOIN documents d
            ON d.storefront_id = g.storefront_id AND d.order_id = g.order_id AND d.id = g.document_id
         WHERE g.store <> 'database'
         ORDER BY g.storefront_id, g.document_id
        ON CONFLICT (storefront_id, document_id, store)
        DO UPDATE SET due_at = greatest({TABLE}.due_at, excluded.due_at);
        RETURN NULL;
    END $$
"""  # noqa: S608 - a name of our own


def upgrade() -> None:
    """The table, its rights, and the trigger."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO tidings_app, tidings_worker")
    # It takes the rows away, and never an object.
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO tidings_retention")
    op.execute(f"GRANT SELECT ON {TABLE} TO tidings_auditor")
    op.execute(NOTE)
    op.execute("""
        CREATE TRIGGER note_blobs AFTER DELETE ON document_files REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION note_blobs()
    """)
    op.execute(HAND_OVER)


def downgrade() -> None:
    """Objects outlive their rows again."""
    op.execute("DROP TRIGGER note_blobs ON document_files")
    op.execute("DROP FUNCTION note_blobs()")
    op.execute(f"DROP TABLE {TABLE}")


# Whoever migrates, table and function belong to the owner's role.
HAND_OVER = f"""
    DO $$
    BEGIN
        IF current_user = 'tidings_owner' THEN RETURN; END IF;
        ALTER TABLE {TABLE} OWNER TO tidings_owner;
        ALTER FUNCTION note_blobs() OWNER TO tidings_owner;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the table belongs to %, who may not hand it over to tidings_owner', current_user;
    END $$
"""
