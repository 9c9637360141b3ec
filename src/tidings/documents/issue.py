"""Issues documents: number, input and the errand of making the file are one commit; the file itself comes after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tidings.documents.e_invoice import can_be_electronic
from tidings.documents.kinds import ELECTRONIC, WITH_SUMS, DocumentKind
from tidings.documents.number import printed, take_number
from tidings.documents.queries import Held
from tidings.documents.schemas import document_told
from tidings.documents.snapshot import Occasion, input_of
from tidings.documents.tables import DocumentRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, parse, wire
from tidings.milestones.facts import Fact
from tidings.orders.load import About, By, HeldOrder, fact_of
from tidings.outbox.leave import Errand, leave_errands
from tidings.records.queries import last_of_kind
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is to be issued."""

    kind: DocumentKind
    # Of one kind there is one document for each cause.
    cause: str
    occasion: Occasion = field(default_factory=Occasion)


@dataclass(frozen=True, slots=True)
class Issued:
    """Documents that have just been issued, and the facts of it, which whoever holds the order lets be followed."""

    documents: Sequence[Held]
    facts: Sequence[Fact]


async def issue(tx: Tx, order: HeldOrder, wanted: Sequence[Wanted], by: By) -> Issued:
    """Issue these documents of an order that is locked; numbers are taken in the order of their series."""
    shop = await shop_rules(tx, order.row.storefront_id)
    year = by.at.astimezone(ZoneInfo(shop.time_zone)).year
    series = {id(each): shop.policy.paperwork.series_of(each.kind, year) for each in wanted}
    rows = []
    for each in sorted(wanted, key=lambda one: series[id(one)]):
        number = await take_number(tx, series[id(each)])
        rows.append(_row(order, shop, each, by, (series[id(each)], number)))
    tx.session.add_all(rows)
    await tx.flush()
    await leave_errands(tx, *(_errand(tx, row, by) for row in rows))
    documents = [Held(row, None) for row in rows]
    return Issued(documents, [_fact(order, each, by) for each in documents])


async def supplied(tx: Tx, order: HeldOrder) -> Occasion:
    """The occasion of an order of which nothing else is to be told than when the last of it arrived."""
    last = await last_of_kind(tx, order.row.id, "shipment.delivered")
    return Occasion(supplied_at=None if last is None else last.at)


def _row(order: HeldOrder, shop: ShopRules, wanted: Wanted, by: By, number: tuple[str, int]) -> DocumentRow:
    given = input_of(order, shop, wanted.occasion)
    sums: dict[str, Any] = given["sums"] if wanted.kind in WITH_SUMS else {}
    return DocumentRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        mode=order.row.mode,
        kind=wanted.kind,
        series=number[0],
        number=number[1],
        name=printed(*number),
        cause=wanted.cause,
        credits=_named(wanted.occasion.credits),
        replaces=_named(wanted.occasion.replaces),
        locale=order.row.locale,
        currency=order.row.currency,
        net=sums.get("net"),
        tax=sums.get("tax"),
        gross=sums.get("gross"),
        is_electronic=_is_electronic(shop, wanted.kind, given),
        issued_at=by.at,
        issued_by=by.actor,
        input=given,
    )


def _is_electronic(shop: ShopRules, kind: DocumentKind, given: dict[str, Any]) -> bool:
    """Where the shop asks for it and the standard can tell it: what cannot be told is printed alone, and says so."""
    return kind in ELECTRONIC and shop.policy.paperwork.e_invoice == "factur-x" and can_be_electronic(given)


def _named(document: Any) -> UUID | None:
    return None if document is None else parse("doc", document["id"])


def reference(row: DocumentRow) -> dict[str, Any]:
    """A document as another one names it."""
    return {"id": wire("doc", row.id), "name": row.name, "issued_at": row.issued_at.isoformat()}


def _errand(tx: Tx, row: DocumentRow, by: By) -> Errand:
    return Errand(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        kind="make_document",
        subject=wire("doc", row.id),
        due_at=by.at,
    )


def _fact(order: HeldOrder, held: Held, by: By) -> Fact:
    told = document_told(held)
    data = {
        "kind": told.kind,
        "number": told.number,
        "cause": told.cause,
        "credits": told.credits,
        "replaces": told.replaces,
    }
    about = About(subject=told.id, data=data, snapshot={"document": told.model_dump_json()})
    return fact_of(order, "document.issued", by, about)
