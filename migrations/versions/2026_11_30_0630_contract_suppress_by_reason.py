"""An address is suppressed for each reason by itself, so that ending one leaves the others standing.

What ran before writes by the key that goes here: stop it first.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "202611300630"
down_revision: str | None = "202611292310"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BY_ADDRESS = "uq_suppressions_storefront_id_mode_channel_address"
BY_REASON = "uq_suppressions_storefront_id_mode_channel_address_reason"

# Of an address's rows the one that weighs most: one that stands before one that has ended, then what the desk or the
# customer said before what a server said.
OTHERS = """
    DELETE FROM suppressions s USING (
        SELECT storefront_id, id, row_number() OVER (
            PARTITION BY storefront_id, mode, channel, address
            ORDER BY coalesce(ends_at, 'infinity') > now() DESC,
                array_position('{manual,complaint,opt_out,hard_bounce}', reason), id) AS place
        FROM suppressions) k
    WHERE k.storefront_id = s.storefront_id AND k.id = s.id AND k.place > 1
"""


def upgrade() -> None:
    """The key becomes one longer; what is there fits."""
    with op.get_context().autocommit_block():
        _build(BY_REASON, "storefront_id, mode, channel, address, reason")
    _rekey(BY_ADDRESS, BY_REASON)


def downgrade() -> None:
    """One row an address again."""
    op.execute(OTHERS)
    with op.get_context().autocommit_block():
        _build(BY_ADDRESS, "storefront_id, mode, channel, address")
    _rekey(BY_REASON, BY_ADDRESS)


def _build(name: str, columns: str) -> None:
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON suppressions ({columns})")


def _rekey(old: str, new: str) -> None:
    # In one statement: the table has a key at every moment.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        f"ALTER TABLE suppressions DROP CONSTRAINT {old}, ADD CONSTRAINT {new} UNIQUE USING INDEX {new}"
    )
