"""A person calls the customer: reached, not reached, given up."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.calls import BY_PHONE, asked, call_task, drained, rows, told, with_issue
from tests.fixtures.drained import make_due
from tests.fixtures.lines import Exchange
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire

ANNA = {"Tidings-Actor": "staff/anna"}


async def tell(api: httpx.AsyncClient, begin: Begin, outcome: str, **more: Any) -> httpx.Response:
    task = wire("tsk", (await call_task(begin))["id"])
    return await api.post(f"/v1/tasks/{task}/outcome", json={"outcome": outcome, **more}, headers=ANNA)


@pytest.fixture
async def order_id(begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange) -> str:
    """An order whose customer is to be called about an issue."""
    placed = await with_issue(begin, shop, clock, **BY_PHONE)
    await asked(exchange, begin)
    return wire("ord", placed)


async def test_reached_keeps_the_promise_logs_the_call_and_takes_the_message_back(
    api: httpx.AsyncClient, begin: Begin, shop: Shop, clock: FixedClock, order_id: str, exchange: Exchange
) -> None:
    clock.advance(timedelta(minutes=10))
    answer = await tell(api, begin, "reached", notes="Will pay otherwise.")
    assert (answer.status_code, answer.json()["status"], answer.json()["outcome"]) == (200, "done", "reached")
    message = await told(begin)
    assert (message["status"], message["reason"]) == ("cancelled", "told by staff/anna")
    (deadline,) = await rows(begin, "SELECT met_at, met_by FROM deadlines WHERE cancelled_at IS NULL")
    assert (deadline["met_at"], deadline["met_by"]) == (clock.now(), "staff/anna")
    (said,) = (await api.get(f"/v1/orders/{order_id}/communications")).json()["items"]
    assert (said["channel"], said["direction"], said["summary"]) == ("phone", "outbound", "Will pay otherwise.")
    assert (said["fulfils"], said["subject_id"]) == ("issue_notification", message["subject"])
    assert await rows(begin, "SELECT FROM outbox") == []
    kinds = [one["kind"] for one in (await api.get(f"/v1/orders/{order_id}/timeline")).json()["items"]]
    assert kinds[-4:] == ["message.cancelled", "deadline.met", "communication.logged", "task.finished"]
    voice = exchange.connect(shop, "voice")
    await exchange.run(0.2)
    assert voice.sent == []
    assert (await tell(api, begin, "reached")).json()["type"] == "urn:tidings:problem:task-closed"


async def test_not_reached_is_counted_and_tried_again_later(
    api: httpx.AsyncClient, begin: Begin, clock: FixedClock, order_id: str
) -> None:
    for tries in (1, 2):
        answer = await tell(api, begin, "not_reached", notes=f"Mailbox, {tries}.")
        task = answer.json()
        assert (answer.status_code, task["status"], task["outcome"], task["closed_at"]) == (200, "open", None, None)
        assert (task["data"]["tries"], task["data"]["last_tried_by"]) == (tries, "staff/anna")
        assert task["notes"] == f"Mailbox, {tries}."
        assert task["due_at"].startswith((clock.now() + timedelta(hours=1)).isoformat()[:19])
    assert (await told(begin))["status"] == "pending"
    assert (await rows(begin, "SELECT met_at FROM deadlines WHERE cancelled_at IS NULL"))[0]["met_at"] is None
    tried = [one for one in (await api.get("/v1/records")).json()["items"] if one["kind"] == "task.tried"]
    assert [record["words"] for record in tried] == [{"outcome": "not_reached"}] * 2
    assert (await tell(api, begin, "reached")).json()["status"] == "done"


async def test_given_up_is_not_asked_for_again(
    api: httpx.AsyncClient, begin: Begin, order_id: str, exchange: Exchange
) -> None:
    assert (await tell(api, begin, "wrong number")).json()["status"] == "done"
    message = await told(begin)
    assert (message["status"], message["reason"]) == ("cancelled", "the call was given up: wrong number")
    await make_due(begin)
    await exchange.run(0.2)
    assert len(await rows(begin, "SELECT FROM tasks WHERE kind = 'call_customer'")) == 1
    assert (await rows(begin, "SELECT met_at FROM deadlines WHERE cancelled_at IS NULL"))[0]["met_at"] is None


async def test_a_call_given_up_leaves_the_email_to_go_when_it_can(
    api: httpx.AsyncClient, begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await with_issue(begin, shop, clock)
    await asked(exchange, begin)
    await tell(api, begin, "wrong number")
    message = await told(begin)
    assert (message["status"], [entry["channel"] for entry in message["plan"]]) == ("pending", ["email"])
    email = exchange.connect(shop, "email")
    await make_due(begin)
    await drained(exchange, begin, "SELECT FROM messages WHERE status = 'sent'")
    assert len(email.sent) == 1
