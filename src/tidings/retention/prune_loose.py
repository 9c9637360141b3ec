"""Takes away what belongs to no order and is old: callbacks, ended suppressions, tasks about nobody in particular.

What is about somebody who is under a hold stays.
"""

from typing import Any, Final

from tidings.delivery.suppress import HASHED
from tidings.kit.db import Tx
from tidings.kit.keeping import Keeping, bound
from tidings.retention.held import is_shut, keep_holds_out, people_held
from tidings.retention.prune_kind import Pruning

AT_ONCE: Final = 2000


async def prune_loose_rows(tx: Tx, keeping: Keeping, pruning: Pruning) -> int:
    """One batch of old rows of the transaction's storefront; says how many there were."""
    scope = tx.scope
    await keep_holds_out(tx, scope.storefront_id)
    if await is_shut(tx, scope.storefront_id, scope.mode):
        return 0
    values: dict[str, tuple[str, Any]] = {
        "storefront": ("uuid", scope.storefront_id),
        "mode": ("text", scope.mode),
        "before": ("timestamptz", pruning.before[keeping.kind]),
        "held": ("text[]", await people_held(tx, scope.storefront_id)),
        "at_once": ("int8", AT_ONCE),
    }
    sql, arguments = bound(_statement(keeping, are_held=bool(values["held"][1])), values)
    tag: str = await tx.raw.execute(sql, *arguments)
    return int(tag.rsplit(maxsplit=1)[-1])


def _statement(keeping: Keeping, *, are_held: bool) -> str:
    name, age = keeping.table.name, keeping.age
    ripe = f"storefront_id = :storefront AND {age} < :before AND {keeping.loose}"
    if "mode" in keeping.table.columns:
        ripe += " AND mode = :mode"
    if are_held and keeping.about:
        # In clear, or as an erasure left it.
        digest = HASHED.format("storefront_id", keeping.about)
        ripe += f" AND ({keeping.about} = ANY(:held)) IS NOT TRUE AND ({digest} = ANY(:held)) IS NOT TRUE"
    rows = f"SELECT ctid FROM {name} WHERE {ripe} ORDER BY {age} LIMIT :at_once FOR UPDATE SKIP LOCKED"  # noqa: S608 - names of our own
    return f"DELETE FROM {name} WHERE ctid = ANY (ARRAY({rows}))"  # noqa: S608 - names of our own
