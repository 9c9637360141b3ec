"""Expectations that customers and operators most often find broken elsewhere, each by its number.

The others: 1, 6, 8 and 10 in test_proven_delivery.py, 4 in tests/api/delivery, 7 in tests/db/delivery/test_receive.py.
"""

import json
from datetime import timedelta
from itertools import product

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures import steps
from tests.fixtures.lines import Exchange
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.delivery.claim import Claimed
from tidings.delivery.render import Renderer
from tidings.delivery.start import Pinned
from tidings.kit.db import Begin
from tidings.orders.unsent import find_unsent
from tidings.storefronts.shopbook import ShopBook
from tidings.templates.render import Templates

METHODS = ("card", "paypal", "invoice", "cash_on_delivery", "bank_transfer")
STATES = ("authorised", "pending", "failed", None)
# What a confirmation must never claim, in any language that it is written in.
PAID = ("paid", "payment received", "bezahlt", "zahlung erhalten", "payé", "paiement reçu", "pagado", "pago recibido")


@pytest.fixture
def exchange(worker_begin: Begin, clock: FixedClock, templates: Templates) -> Exchange:
    made = Exchange(worker_begin, clock)
    renderer = Renderer(templates, ShopBook(worker_begin, keep_seconds=0))

    async def render(claimed: Claimed, banner: str | None) -> Pinned:
        made.rendered.append(claimed.id)
        return await renderer(claimed, banner)

    made.render = render  # type: ignore[method-assign]
    return made


async def test_expectation_2_no_confirmation_claims_a_payment_and_every_payment_method_is_confirmed(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    sender = exchange.connect(shop, "email")
    locales = ("en-GB", "de-DE", "fr-FR", "es-ES")
    for n, (method, state) in enumerate(product(METHODS, STATES)):
        payment = {"method": method, "status": state}
        customer = {"locale": locales[n % len(locales)]}
        await place(begin, shop, clock.now(), order_body(payment=payment, customer=customer))
    await exchange.run()
    assert len(sender.sent) == len(METHODS) * len(STATES)
    for outgoing in sender.sent:
        said = f"{outgoing.content.subject} {outgoing.content.text}".lower()
        assert not [word for word in PAID if word in said], said


async def test_expectation_3_nothing_is_silently_lost_even_if_its_work_is(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange, worker_begin: Begin
) -> None:
    """Somebody deletes rows from the queue: the sweep finds the orders from the facts, tells, and mends."""
    sender = exchange.connect(shop, "email")
    for _ in range(3):
        await place(begin, shop, clock.now())
    async with worker_begin.across() as tx:
        await tx.raw.execute("DELETE FROM outbox")
    later = clock.advance(timedelta(minutes=10))
    found = await find_unsent(worker_begin, later, limit=timedelta(minutes=5))
    assert (found.late, found.repaired, found.missing) == (3, 3, 0)
    await exchange.run()
    assert len(sender.sent) == 3
    assert (await find_unsent(worker_begin, later, limit=timedelta(minutes=5))).late == 0


async def test_expectation_5_the_message_shows_the_order_as_it_was_committed(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange, api: httpx.AsyncClient
) -> None:
    """The order is corrected before its confirmation leaves: the confirmation tells of the fact that it is about."""
    sender = exchange.connect(shop, "email")
    placed = await place(begin, shop, clock.now(), order_body(number="W-1"))
    order = json.loads(placed.body)
    later = {"estimated_delivery": {"from": "2026-12-20", "to": "2026-12-21"}}
    answer = await api.patch(f"/v1/orders/{order['id']}", json=later, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    await exchange.run()
    outgoing, update = sender.sent
    assert "W-1" in outgoing.content.text
    # As placed (26 to 28 November), not as corrected meanwhile.
    assert "Nov" in outgoing.content.text
    assert "Dez" not in outgoing.content.text
    assert "Dez" in update.content.text


async def test_expectation_9_integrators_get_each_change_once_in_order_and_can_see_a_gap(
    api: httpx.AsyncClient,
) -> None:
    order = await steps.placed(api)
    await steps.passed(api, order["id"])
    parcel = await steps.dispatched(api, order["id"])
    answer = await api.post(f"/v1/shipments/{parcel['id']}/events", json={"status": "delivered"})
    assert answer.is_success, answer.text
    seen, after = [], ""
    while True:
        page = (await api.get(f"/v1/events?limit=2{after}")).json()
        seen += page["items"]
        if not page["items"] or page["next_cursor"] is None:
            break
        after = f"&after={page['next_cursor']}"
    mine = [event for event in seen if event["data"]["order"]["id"] == order["id"]]
    assert [event["order_sequence"] for event in mine] == list(range(1, len(mine) + 1))
    assert len({event["id"] for event in seen}) == len(seen)
    assert mine[0]["type"] == "order.placed"
    assert mine[-1]["type"] == "shipment.delivered"
    again = (await api.get(f"/v1/events?after={mine[2]['id']}&limit=200")).json()["items"]
    assert [event["id"] for event in again] == [event["id"] for event in seen[seen.index(mine[2]) + 1 :]]
