"""What cannot be done in the transaction before, without holding up everybody: an index, and a look at old rows."""

from collections.abc import Sequence

from alembic import op

revision: str = "202611292041"
down_revision: str | None = "202611292040"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ix_records_changes"
CHANGES = "kind IN ('storefront.changed', 'template.published', 'template.retired')"


def upgrade() -> None:
    """Records that call for a review are found without looking at the others; the wider kinds are made sure of."""
    with op.get_context().autocommit_block():
        # What is left of a build that broke off.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON records (storefront_id, xid, id) WHERE {CHANGES}"
        )
    for table in ("tasks", "errands"):
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_kind")


def downgrade() -> None:
    """As it was."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
