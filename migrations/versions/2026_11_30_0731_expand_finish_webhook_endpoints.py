"""What cannot be done in the transaction before, without holding up everybody: a look at old tasks."""

from collections.abc import Sequence

from alembic import op

revision: str = "202611300731"
down_revision: str | None = "202611300730"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """The wider kinds are made sure of."""
    op.execute("ALTER TABLE tasks VALIDATE CONSTRAINT ck_tasks_kind")


def downgrade() -> None:
    """Nothing to undo: the one before brings the narrower kinds back."""
