"""Makes an export: reads all that is known of a person, a stretch of orders at a time, and keeps it as one file."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import parse, wire
from tidings.kit.keeping import Keeping, Whose, bound, exporting
from tidings.kit.scope import Scope
from tidings.orders.whose import Person, orders_of_person
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.records.append import Entry, append
from tidings.retention.archive import Archive, Rows
from tidings.retention.map import Map
from tidings.retention.person import spellings_of
from tidings.retention.ports import Papers
from tidings.retention.tables import ExportRow
from tidings.storefronts.shopbook import shop_rules

_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Sources:
    """What an export is made of."""

    begin: Begin
    known: Map
    papers: Sequence[Papers] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be exported."""

    scope: Scope
    person: Person
    # An order that is asked for by itself.
    orders: Sequence[UUID]


async def make_export(errand: ErrandInHand, *, sources: Sources, clock: Clock) -> None:
    """Make the file, and end the errand; one that was expired meanwhile (the person was erased) is not made."""
    export_id = parse("exp", errand.subject)
    async with sources.begin.reading(errand.scope) as tx:
        asked = await _asked(tx, export_id)
    if asked is None:
        async with sources.begin(errand.scope) as tx:
            await finish_errand(tx, errand)
        return
    archive, orders = Archive(clock.now()), list(asked.orders)
    while stretch := await _stretch(sources, asked, orders):
        await _fill(archive, sources, asked.scope, stretch)
        orders += [one for one in stretch if one not in orders]
        if asked.orders:
            break
    async with sources.begin.reading(errand.scope) as tx:
        beside = await _beside(tx, asked, sources.known)
    content = await asyncio.to_thread(archive.finished, _about(asked.person), beside)
    async with sources.begin(errand.scope) as tx:
        await _keep(tx, export_id, content, orders, now=clock.now())
        await finish_errand(tx, errand)


async def _asked(tx: Tx, export_id: UUID | None) -> _Asked | None:
    row = await _row(tx, export_id, lock=False)
    if row is None or row.status != "requested":
        return None
    orders = [order for name in row.order_ids if (order := parse("ord", name)) is not None]
    return _Asked(tx.scope, Person(**(row.person or {})), orders)


async def _row(tx: Tx, export_id: UUID | None, *, lock: bool) -> ExportRow | None:
    wanted = select(ExportRow).where(ExportRow.storefront_id == tx.scope.storefront_id, ExportRow.id == export_id)
    return (await tx.session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()


async def _stretch(sources: Sources, asked: _Asked, before: Sequence[UUID]) -> Sequence[UUID]:
    if asked.orders:
        return asked.orders
    async with sources.begin.reading(asked.scope) as tx:
        return await orders_of_person(tx, asked.person, max(before, default=UUID(int=0)), _AT_ONCE)


async def _fill(archive: Archive, sources: Sources, scope: Scope, orders: Sequence[UUID]) -> None:
    for order_id in orders:
        async with sources.begin.reading(scope) as tx:
            tables = await rows_of_order(tx, order_id, sources.known)
        archive.add_order(order_id, tables)
    for supplier in sources.papers:
        for paper in await supplier.papers(scope, orders):
            archive.add_paper(paper)


async def rows_of_order(tx: Tx, order_id: UUID, known: Map) -> Mapping[str, Rows]:
    """All rows that belong to an order, by table; tables without any are left out."""
    whose = Whose(tx.scope, [order_id], order_names=[wire("ord", order_id)])
    return await _rows(tx, whose, [each for each in known if each.is_exported and each.has_orders])


async def _beside(tx: Tx, asked: _Asked, known: Map) -> Mapping[str, Rows]:
    """What is known of the person beside any order."""
    whose = Whose(tx.scope, [], spellings_of(asked.person))
    return await _rows(tx, whose, [each for each in known if each.is_exported and not each.has_orders])


async def _rows(tx: Tx, whose: Whose, tables: Sequence[Keeping]) -> Mapping[str, Rows]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for keeping in tables:
        sql, arguments = bound(exporting(keeping), whose.values())
        rows = [json.loads(row["row"]) for row in await tx.raw.fetch(sql, *arguments)]
        if rows:
            found.setdefault(keeping.table.name, []).extend(rows)
    return found


def _about(person: Person) -> Mapping[str, str | None]:
    return {"email": person.email, "phone": person.phone}


async def _keep(tx: Tx, export_id: UUID | None, content: bytes, orders: Sequence[UUID], *, now: datetime) -> None:
    row = await _row(tx, export_id, lock=True)
    if row is None or row.status != "requested":
        return
    days = (await shop_rules(tx, tx.scope.storefront_id)).policy.retention.exports_days
    row.status, row.person = "ready", None
    row.content, row.size, row.sha256 = content, len(content), sha256(content).hexdigest()
    row.order_ids = [wire("ord", one) for one in orders]
    row.made_at, row.expires_at = now, now + timedelta(days=days)
    about = wire("exp", row.id)
    data = {"orders": len(orders), "bytes": len(content), "sha256": row.sha256}
    await append(tx, Entry(row.storefront_id, None, tx.scope.mode, "export.made", about, "system", now, data))
