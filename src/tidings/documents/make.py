"""Makes the file of a document that was issued: an errand, done again if its worker dies, never done twice over."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tidings.delivery.let_wait import let_go
from tidings.documents.e_invoice import invoice_xml
from tidings.documents.kinds import MEDIA_TYPE
from tidings.documents.note_blob import blob_of, drop_note, note_blob
from tidings.documents.ports import Press, Sheet, Store, Unprintable
from tidings.documents.queries import Held, document_by_id, documents_of
from tidings.documents.schemas import document_told
from tidings.documents.sheet import sheet_data
from tidings.documents.tables import DocumentFileRow
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import parse, wire
from tidings.kit.problem import NotFound
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, fact_of, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand, park_errand
from tidings.storefronts.kinds import Milestone
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.open import Opening, open_tasks

_SYSTEM: Final = "system"
DATABASE: Final = "database"
# What may wait for documents.
WAITING: Final[tuple[Milestone, ...]] = ("order_completed",)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What files are made and kept with."""

    press: Press
    # None: they are kept in the database.
    store: Store | None = None


async def make_document(errand: ErrandInHand, *, begin: Begin, clock: Clock, workshop: Workshop) -> None:
    """Make it, unless it is there.

    Raises:
        LeaseLost: somebody else does it by now.
        StoreAway: it cannot be kept now.
    """
    held = await _wanted(errand, begin)
    if held is None or held.file is not None:
        return await _finish(errand, begin)
    try:
        pdf = await workshop.press.print(await asyncio.to_thread(sheet_of, held))
    except Unprintable as why:
        return await _give_up(errand, held, why, begin=begin, now=clock.now())
    if workshop.store is not None:
        await _put(errand, held, pdf, begin=begin, store=workshop.store)
    await _keep(errand, held, pdf, begin=begin, now=clock.now(), store=workshop.store)
    return None


def sheet_of(held: Held) -> Sheet:
    """The document in words."""
    row = held.row
    told = (held.kind, row.name, row.issued_at, row.locale, row.input)
    return Sheet(
        layout=held.kind,
        data=sheet_data(*told),
        issued_at=int(row.issued_at.timestamp()),
        xml=invoice_xml(*told) if row.is_electronic else None,
    )


async def _wanted(errand: ErrandInHand, begin: Begin) -> Held | None:
    """The document; None: it was erased before its file was made."""
    async with begin.reading(errand.scope) as tx:
        try:
            return await document_by_id(tx, parse("doc", errand.subject))
        except NotFound:
            return None


async def _put(errand: ErrandInHand, held: Held, pdf: bytes, *, begin: Begin, store: Store) -> None:
    """Noted before it is there: should nobody come to write it down, it is deleted (delete_blobs.py)."""
    blob = blob_of(held, store.name)
    async with begin(errand.scope) as tx:
        await note_blob(tx, blob)
    await store.put_blob(blob.key, pdf)


async def _finish(errand: ErrandInHand, begin: Begin) -> None:
    async with begin(errand.scope) as tx:
        await finish_errand(tx, errand)


async def _keep(
    errand: ErrandInHand, held: Held, pdf: bytes, *, begin: Begin, now: datetime, store: Store | None
) -> None:
    """Write it down with all that follows; if somebody else was quicker, theirs is the one."""
    async with begin(errand.scope) as tx:
        order = await order_for_update(tx, errand.order_id)
        held = await document_by_id(tx, held.row.id)
        if held.file is None:
            made = Held(held.row, _file(held, pdf, now, store))
            tx.session.add(made.file)
            await tx.flush()
            told = document_told(made)
            digest = hashlib.sha256(pdf).hexdigest()
            data = {"kind": told.kind, "number": told.number, "sha256": digest, "size": len(pdf)}
            about = About(subject=told.id, data=data, snapshot={"document": told.model_dump_json()})
            await follow(tx, [fact_of(order, "document.made", By(_SYSTEM, now), about)])
            await drop_tasks(tx, [_cause(tx, held)], why="the file was made", now=now)
        if store is not None:
            await drop_note(tx, blob_of(held, store.name))
        await _release(tx, errand)
        await finish_errand(tx, errand)


def _file(held: Held, pdf: bytes, now: datetime, store: Store | None) -> DocumentFileRow:
    return DocumentFileRow(
        storefront_id=held.row.storefront_id,
        order_id=held.row.order_id,
        document_id=held.row.id,
        media_type=MEDIA_TYPE,
        size=len(pdf),
        sha256=hashlib.sha256(pdf).digest(),
        store=DATABASE if store is None else store.name,
        content=pdf if store is None else None,
        made_at=now,
    )


async def _release(tx: Tx, errand: ErrandInHand) -> None:
    """With the last file of the order, what waited for it goes."""
    if all(each.file is not None for each in await documents_of(tx, errand.order_id)):
        await let_go(tx, errand.order_id, WAITING)


async def _give_up(errand: ErrandInHand, held: Held, why: Unprintable, *, begin: Begin, now: datetime) -> None:
    """A person must look at it; the customer is told without it, if the shop's policy wants that (enclose.py)."""
    async with begin(errand.scope) as tx:
        cause = _cause(tx, held)
        opening = Opening(
            storefront_id=held.row.storefront_id,
            mode=tx.scope.mode,
            order_id=held.row.order_id,
            kind="document_not_made",
            cause=cause.about,
            opened_at=now,
            data={"document": cause.about, "number": held.row.name, "kind": held.row.kind, "reason": why.reason},
        )
        await open_tasks(tx, opening)
        await let_go(tx, errand.order_id, WAITING)
        await park_errand(tx, errand, now)


def _cause(tx: Tx, held: Held) -> Cause:
    return Cause(held.row.storefront_id, tx.scope.mode, "document_not_made", wire("doc", held.row.id))
