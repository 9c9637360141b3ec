"""${message}.

Old and new code run side by side while this is rolled out: an `expand_` migration must suit the old code too, a
`contract_` migration may run only once no old code is left.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """One step forward."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """The same step back."""
    ${downgrades if downgrades else "pass"}
