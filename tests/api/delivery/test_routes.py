"""Messages over HTTP."""

from typing import Any

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tidings.delivery.receive import AttemptRef
from tidings.kit.ids import new_id, wire

MESSAGE_FIELDS = {
    "id", "order_id", "milestone", "subject_id", "status", "channel", "template", "content", "created_at",
    "valid_until", "receipt_overdue", "complained_at", "opted_out_at", "attempts",
}  # fmt: skip
ATTEMPT_FIELDS = {
    "id", "connection", "provider", "channel", "status", "provider_message_id", "started_at", "finished_at", "error",
    "receipts",
}  # fmt: skip


def path(attempt: AttemptRef, rest: str = "") -> str:
    return f"/v1/messages/{wire('msg', attempt.message_id)}{rest}"


@pytest.fixture
async def attempt(mailroom: Mailroom) -> AttemptRef:
    return await mailroom.sent(await mailroom.connect("email"), provider_message_id="theirs-1234")


async def test_a_message_is_told_as_the_contract_says(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    await mailroom.hear(attempt, "delivered", word="delivered!")
    told = (await api.get(path(attempt))).json()
    assert set(told) == MESSAGE_FIELDS
    assert told["subject_id"] == told["order_id"] == wire("ord", attempt.order_id)
    (tried,) = told["attempts"]
    assert set(tried) == ATTEMPT_FIELDS
    assert (tried["provider"], tried["provider_message_id"]) == ("sandbox", "theirs-1234")
    (receipt,) = tried["receipts"]
    assert set(receipt) == {"status", "provider_status", "at", "received_at"}
    assert (receipt["status"], receipt["provider_status"]) == ("delivered", "delivered!")


async def test_expectation_4_sent_means_sent(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    """Owed is not sent, tried is not sent, uncertain is not sent: only what a provider has accepted is."""
    by, message = await mailroom.connect("email"), await mailroom.owed()

    async def status() -> str:
        return str((await api.get(f"/v1/messages/{wire('msg', message.id)}")).json()["status"])

    assert await status() == "pending"
    await mailroom.attempt(message, by, status="started", then="sending", has_work=True)
    assert await status() == "sending"
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE attempts SET status = 'uncertain'")
    assert await status() == "sending"
    assert await mailroom.value("SELECT met_at FROM deadlines") is None
    accepted = await mailroom.attempt(message, by)
    assert await status() == "sent"
    await mailroom.hear(accepted, "failed")
    assert await status() == "failed"
    assert await mailroom.value("SELECT met_at FROM deadlines") is None


async def test_messages_are_listed_newest_first_and_by_cursor(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    made = [wire("msg", (await mailroom.owed()).id) for _ in range(3)]
    first = await api.get("/v1/messages", params={"limit": 2, "status": "pending"})
    assert [one["id"] for one in first.json()["items"]] == [made[2], made[1]]
    assert 'rel="next"' in first.headers["link"]
    rest = await api.get("/v1/messages", params={"limit": 2, "cursor": first.json()["next_cursor"]})
    assert [one["id"] for one in rest.json()["items"]] == [made[0]]
    assert rest.json()["next_cursor"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"channel": "fax"},
        {"receipt_overdue": "maybe"},
        {"created_after": "2026-11-23"},
        {"created_before": "9999-99-99T00:00:00Z"},
        {"cursor": "x"},
        {"limit": 0},
    ],
)
async def test_a_filter_that_is_none_is_refused(api: httpx.AsyncClient, query: dict[str, Any]) -> None:
    answer = await api.get("/v1/messages", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(query))}"


async def test_filters_are_applied(mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef) -> None:
    await mailroom.owed()
    sent = await api.get("/v1/messages", params={"status": "sent", "milestone": "order_confirmation"})
    assert [one["id"] for one in sent.json()["items"]] == [wire("msg", attempt.message_id)]
    none = await api.get("/v1/messages", params={"channel": "push"})
    assert none.json() == {"items": [], "next_cursor": None}


async def test_an_orders_messages_are_listed_oldest_first(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    again = (await api.post(path(attempt, "/resend"))).json()
    await mailroom.owed()
    listed = await api.get(f"/v1/orders/{wire('ord', attempt.order_id)}/messages")
    assert [one["id"] for one in listed.json()["items"]] == [wire("msg", attempt.message_id), again["id"]]


async def test_a_message_is_explained_in_plain_words(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    await mailroom.hear(attempt, "bounced", detail={"reason": "no such mailbox"})
    told = (await api.get(path(attempt, "/explanation"))).json()
    assert told["summary"].startswith("The customer has not got it: email bounced: no such mailbox")
    assert [step["channel"] for step in told["plan"]] == ["email", "sms"]
    assert told["next"].startswith("Nothing by itself")
    assert "email" in told["decisions"][-1]["what"] or told["decisions"]


async def test_a_resend_answers_the_new_message_once_for_each_key(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    headers = {"Idempotency-Key": "again-1", "Tidings-Actor": "staff/eve"}
    body = {"reason": "mistyped", "address": "right@sandbox.test"}
    answers = [await api.post(path(attempt, "/resend"), json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert answers[0].json()["id"] != wire("msg", attempt.message_id)
    (record,) = await mailroom.fetch("SELECT actor, data FROM records WHERE kind = 'message.resent'")
    assert (record["actor"], record["data"]["corrected"]) == ("staff/eve", True)
    assert (await api.get(path(attempt))).json()["status"] == "sent"


async def test_resend_refuses_what_would_double_or_reach_nobody(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    pending = await mailroom.owed()
    under_way = await api.post(f"/v1/messages/{wire('msg', pending.id)}/resend")
    assert (under_way.status_code, under_way.json()["type"]) == (409, "urn:tidings:problem:still-under-way")
    await mailroom.hear(attempt, "bounced")
    for body in ({"channel": "email"}, {"address": "delivered@sandbox.test"}):
        suppressed = await api.post(path(attempt, "/resend"), json=body)
        assert (suppressed.status_code, suppressed.json()["type"]) == (409, "urn:tidings:problem:address-suppressed")
    corrected = await api.post(path(attempt, "/resend"), json={"address": "right@sandbox.test"})
    assert corrected.status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"adress": "x"}, "/adress"),
        ({"address": "not one"}, "/address"),
        ({"address": ""}, "/address"),
        ({"address": "a@b.test\nBcc: c@d.test"}, "/address"),
        ({"channel": "push"}, "/address"),
        ({"channel": "fax"}, "/channel"),
        ({"reason": 7}, "/reason"),
    ],
)
async def test_faults_of_a_resend_are_named_with_their_place(
    api: httpx.AsyncClient, attempt: AttemptRef, body: dict[str, Any], pointer: str
) -> None:
    answer = await api.post(path(attempt, "/resend"), json=body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_message_is_taken_back_before_it_leaves_and_not_after(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    pending = await mailroom.owed()
    taken = await api.post(f"/v1/messages/{wire('msg', pending.id)}/cancellation", json={"reason": "called them"})
    assert (taken.status_code, taken.json()["status"]) == (200, "cancelled")
    refused = await api.post(path(attempt, "/cancellation"))
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:tidings:problem:message-has-left"
    assert refused.json()["message_status"] == "sent"


async def test_a_dead_message_is_put_back_into_the_outbox_and_a_live_one_is_not(
    mailroom: Mailroom, api: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    refused = await api.post(path(attempt, "/replay"))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:message-not-dead")
    await mailroom.hear(attempt, "failed")
    replayed = await api.post(path(attempt, "/replay"))
    assert (replayed.status_code, replayed.json()["status"]) == (200, "sending")
    assert await mailroom.value("SELECT count(*) FROM outbox") == 1


@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", ""), ("GET", "/explanation"), ("POST", "/resend"), ("POST", "/cancellation"), ("POST", "/replay")],
)
async def test_nobody_elses_message_is_found(
    method: str,
    rest: str,
    api: httpx.AsyncClient,
    live_api: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    attempt: AttemptRef,
) -> None:
    for client in (live_api, stranger):
        assert (await client.request(method, path(attempt, rest))).status_code == 404
    for name in (wire("msg", new_id()), wire("ord", attempt.message_id), "msg_", "nonsense"):
        assert (await api.request(method, f"/v1/messages/{name}{rest}")).status_code == 404


async def test_nobody_elses_order_has_messages(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, attempt: AttemptRef
) -> None:
    listed = f"/v1/orders/{wire('ord', attempt.order_id)}/messages"
    assert (await api.get(listed)).status_code == 200
    for client in (live_api, stranger):
        assert (await client.get(listed)).status_code == 404
        assert (await client.get("/v1/messages")).json()["items"] == []


async def test_reading_is_for_orders_and_operations_and_resending_for_operations(
    clients: Clients, mailroom: Mailroom, attempt: AttemptRef
) -> None:
    orders = await clients.with_scopes(mailroom.scope, "orders")
    templates = await clients.with_scopes(mailroom.scope, "templates")
    assert (await orders.get(path(attempt))).status_code == 200
    assert (await orders.post(path(attempt, "/resend"))).status_code == 403
    assert (await templates.get("/v1/messages")).status_code == 403
