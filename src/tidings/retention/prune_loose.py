"""Takes away what belongs to no order and is old: callbacks, ended suppressions, tasks about nobody in particular."""

from typing import Final

from tidings.kit.db import Tx
from tidings.kit.keeping import Keeping
from tidings.retention.prune_kind import Pruning

AT_ONCE: Final = 2000


async def prune_loose_rows(tx: Tx, keeping: Keeping, pruning: Pruning) -> int:
    """One batch of old rows of the transaction's storefront; says how many there were."""
    name, age = keeping.table.name, keeping.age
    mode = " AND mode = $4" if "mode" in keeping.table.columns else ""
    sql = (
        f"DELETE FROM {name} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {name} WHERE storefront_id = $1"  # noqa: S608 - names of our own
        f" AND {age} < $2 AND {keeping.loose}{mode} ORDER BY {age} LIMIT $3 FOR UPDATE SKIP LOCKED))"
    )
    arguments = [tx.scope.storefront_id, pruning.before[keeping.kind], AT_ONCE, *([tx.scope.mode] if mode else [])]
    tag: str = await tx.raw.execute(sql, *arguments)
    return int(tag.rsplit(maxsplit=1)[-1])
