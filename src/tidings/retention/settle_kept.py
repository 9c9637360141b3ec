"""An erasure had to leave something; when that has had its time, nothing is left, and the erasure is done."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.ids import parse, wire
from tidings.records.append import Entry, append
from tidings.retention.kept import kept_by_law
from tidings.retention.map import Map
from tidings.retention.tables import ErasureRow


async def settle_kept(tx: Tx, known: Map, *, now: datetime) -> int:
    """Look at the erasures of the transaction's storefront and mode that are done in part; how many are done now."""
    scope = tx.scope
    wanted = select(ErasureRow).where(
        ErasureRow.storefront_id == scope.storefront_id,
        ErasureRow.mode == scope.mode,
        ErasureRow.status.in_(("partly", "refused")),
    )
    done = 0
    for row in await tx.session.scalars(wanted.order_by(ErasureRow.id).with_for_update()):
        row.kept = await _still_kept(tx, row, known)
        # Of whoever is held, something is left, or may be: it is tried when the hold is released.
        if not row.kept and not row.held and not row.person:
            row.status, done = "done", done + 1
            about = wire("ers", row.id)
            await append(tx, Entry(scope.storefront_id, None, scope.mode, "erasure.done", about, "system", now))
    return done


async def _still_kept(tx: Tx, row: ErasureRow, known: Map) -> list[dict[str, Any]]:
    lawful = [order for one in row.kept if one["why"] == "law" and (order := parse("ord", one["order_id"])) is not None]
    return [one for one in row.kept if one["why"] != "law"] + await kept_by_law(tx, sorted(set(lawful)), known)
