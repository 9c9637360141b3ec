"""Years of a shop, with the clock in hand: holds, exports, erasure, retention; in the end nobody is known any more."""

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fixtures import steps
from tests.fixtures.company import Company
from tests.fixtures.drained import count, one
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.privacy import EMAIL, NAME, PRINTS, order_uuid
from tests.fixtures.sealed import Trail
from tests.fixtures.steps import did
from tidings.callbacks.incoming import Origin
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.take_in import take_in
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.records.check_record import checked_head, roots
from tidings.records.heads import SignedHead
from tidings.retention.request_erasure import MARGIN

pytestmark = pytest.mark.journeys


async def replied(company: Company, by: Origin, attempt_id: str) -> None:
    """Providers say something of her: about an attempt, about nothing that is known, and in her own words."""
    begin, now = company.runtime.begin, company.clock.now()
    quoted = {"code": "550", "reason": f"{EMAIL} is full"}
    events = [
        ProviderEvent("r-1", "receipt", "deferred", "deferred", attempt_id=attempt_id, detail=quoted),
        ProviderEvent("r-2", "receipt", "sent", "sent", provider_message_id="nobody's", detail=quoted, address=EMAIL),
        ProviderEvent("r-3", "reply", "received", address=EMAIL, text=f"I am {NAME}"),
        ProviderEvent("r-4", "opt_out", "STOP", address=EMAIL),
    ]
    for event in events:
        await take_in(begin, by, [event], now=now)


@dataclass(frozen=True, slots=True)
class Sold:
    """Her two orders, of which one is disputed, and somebody else's."""

    disputed: str
    plain: str
    other: str


async def sold(company: Company, mailroom: Mailroom) -> Sold:
    """She buys twice, and is everywhere but in the records."""
    begin = company.runtime.begin
    made = Sold(await company.sells(), await company.sells(), str((await steps.placed(company.api))["id"]))
    await company.works()
    by = await mailroom.connect("email")
    sql = f"UPDATE attempts SET connection_id = '{by.connection_id}' RETURNING id"
    await replied(company, by, wire("att", (await one(begin, sql))["id"]))
    left = await company.left()
    everywhere = {
        "orders",
        "events",
        "contents",
        "messages",
        "attempts",
        "receipts",
        "communications",
        "order_notes",
        "issues",
        "change_requests",
        "shipments",
        "shipment_events",
        "tasks",
        "suppressions",
        "inbox",
        "documents",
    }
    assert everywhere <= left
    assert "records" not in left
    return made


async def exported(company: Company, made: Sold) -> None:
    """She asks what is known of her, and gets it, with her documents, and with nobody else's."""
    asked = await did(await company.api.post("/v1/exports", json={"email": EMAIL}))
    await company.works()
    content = (await company.api.get(f"/v1/exports/{asked['id']}/content")).content
    with zipfile.ZipFile(io.BytesIO(content)) as export:
        names = set(export.namelist())
        told = export.read(f"orders/{made.plain}.json").decode()
    assert {f"orders/{made.disputed}.json", f"orders/{made.plain}.json"} <= names
    assert any(name.startswith(f"documents/{made.plain}/") and name.endswith(".pdf") for name in names)
    assert f"orders/{made.other}.json" not in names
    for table in [
        "events",
        "contents",
        "order_notes",
        "communications",
        "issues",
        "change_requests",
        "shipments",
        "shipment_events",
        "messages",
        "attempts",
        "deadlines",
        "records",
    ]:
        assert f'"{table}"' in told, table


async def erased(company: Company, made: Sold) -> str:
    """She wants to be forgotten: but for the lawsuit and the invoices she is. Answers where that is told."""
    api, begin = company.api, company.runtime.begin
    asked = await did(await api.post("/v1/erasures", json={"email": EMAIL}))
    company.clock.advance(MARGIN)
    await company.works()
    answer = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (answer["status"], answer["erased"]["orders"]) == ("partly", 1)
    kept = {(one["order_id"], one["what"], one["why"]) for one in answer["kept"]}
    assert kept == {(made.disputed, "order", "hold"), (made.plain, "documents", "law")}
    papers = f"SELECT array_agg(kind ORDER BY kind) FROM documents WHERE order_id = '{order_uuid(made.plain)}'"
    assert (await one(begin, papers))[0] == ["invoice"]
    assert "exports" not in await company.left()
    shown = (await api.get(f"/v1/orders/{made.plain}")).text.lower()
    assert not [trace for trace in PRINTS if trace in shown]
    assert (await steps.order(api, made.disputed))["customer"]["email"].lower() == EMAIL.lower()
    return f"/v1/erasures/{asked['id']}"


async def released(company: Company, hold: dict[str, Any], erasure: str) -> datetime:
    """The lawsuit is over: the erasure goes on by itself, but for the invoices. Answers when the last of them goes."""
    await did(await company.api.post(f"/v1/holds/{hold['id']}/release", json={"reason": "Settled"}))
    await company.works()
    answer = await did(await company.api.get(erasure))
    assert (answer["status"], answer["erased"]["orders"]) == ("partly", 2)
    assert {one["why"] for one in answer["kept"]} == {"law"}
    assert await company.left() == {"documents"}
    # A day of the shop's.
    return datetime.fromisoformat(max(one["until"] for one in answer["kept"])).replace(tzinfo=ZoneInfo("Europe/Berlin"))


RECORDED = {
    "hold.placed",
    "hold.released",
    "export.requested",
    "export.made",
    "export.fetched",
    "export.expired",
    "erasure.requested",
    "erasure.partly",
    "erasure.done",
    "order.erased",
    "retention.ran",
}


async def sealed(trail: Trail) -> SignedHead:
    """What somebody outside keeps."""
    await trail.seal()
    return await trail.head()


async def proved(company: Company, trail: Trail, held: SignedHead, order_id: str) -> None:
    """Whoever held a head from before finds nothing touched, and each record of an order still has its proof."""
    await trail.seal()
    found = await trail.verify([held])
    assert (found.is_whole, found.unsealed) == (True, 0)
    query = f"/v1/records?order_id={order_id}&limit=200"
    for record in (await did(await company.api.get(query)))["items"]:
        proof = await did(await company.api.get(f"/v1/records/{record['id']}/proof"))
        size, root = checked_head(proof["signed_head"], None)
        path = [bytes.fromhex(step) for step in proof["path"]]
        assert roots(bytes.fromhex(proof["leaf"]), proof["position"], size, path)[1:] == (root,)


async def test_years_go_by_and_nothing_is_left_of_her(
    company: Company, mailroom: Mailroom, begin: Begin, trail: Trail
) -> None:
    made = await sold(company, mailroom)
    outside = await sealed(trail)
    await company.passes(3)
    disputed = {"reach": "order", "order_id": made.disputed, "reason": "Lawsuit 12 C 345/26"}
    hold = await did(await company.api.post("/v1/holds", json=disputed))
    await exported(company, made)
    last_day = await released(company, hold, erasure := await erased(company, made))
    assert last_day.year - company.clock.now().year in {8, 9}
    sent = company.sent()
    # A year later what was said is gone, two years later the orders; her invoices stay their eight years.
    await company.passes(11)
    assert [await count(begin, table) for table in ("messages", "contents", "events", "orders")] == [0, 0, 0, 3]
    await company.passes(11)
    assert {wire("ord", row["id"]) for row in await rows(begin, "SELECT id FROM orders")} == {made.disputed, made.plain}
    company.clock.set(last_day - timedelta(minutes=1))
    await company.keeps_terms()
    assert await company.left() == {"documents"}
    company.clock.set(last_day + timedelta(minutes=1))
    await company.keeps_terms()
    assert await company.left() == set()
    for table in ("orders", "order_lines", "tasks", "deadlines", "erased_orders", "inbox", "documents"):
        assert await count(begin, table) == 0, table
    answer = await did(await company.api.get(erasure))
    assert (answer["status"], answer["kept"], company.sent()) == ("done", [], sent)
    # Whatever was done with her data is on record.
    kinds = {row["kind"] for row in await rows(begin, "SELECT DISTINCT kind FROM records")}
    assert kinds >= RECORDED
    await proved(company, trail, outside, made.plain)


async def rows(begin: Begin, sql: str) -> list[Any]:
    async with begin.across() as tx:
        return list(await tx.raw.fetch(sql))


async def test_a_hold_on_everything_stops_the_round(company: Company, begin: Begin) -> None:
    await steps.placed(company.api)
    await company.works()
    hold = await did(await company.api.post("/v1/holds", json={"reach": "storefront", "reason": "Tax audit"}))
    await company.passes(30)
    assert (await count(begin, "orders"), await count(begin, "messages")) == (1, 1)
    await did(await company.api.post(f"/v1/holds/{hold['id']}/release"))
    await company.keeps_terms()
    assert (await count(begin, "orders"), await count(begin, "messages")) == (0, 0)
