"""Feedback and comments over HTTP."""

from typing import Any

import httpx
import pytest

from tests.db.feedback.counter import Rated
from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import wire

PATH, COMMENTS = "/v1/feedback", "/v1/feedback/comments"
SAID = {"milestone": "order_dispatched", "channel": "sms", "locale": "de", "version": 2, "comment": "Too long 😔"}


async def test_what_customers_said_is_listed(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    rated = Rated(mailroom)
    for rating in (1, 5, 4):
        await rated.give(message := await rated.told(), rating, f"no. {rating}")
    items = (await api.get(PATH)).json()["items"]
    assert [(item["rating"], item["comment"]) for item in items] == [(4, "no. 4"), (5, "no. 5"), (1, "no. 1")]
    assert items[0]["message_id"] == wire("msg", message)
    order_id = items[1]["order_id"]
    assert [item["rating"] for item in (await api.get(PATH, params={"order_id": order_id})).json()["items"]] == [5]
    assert [item["rating"] for item in (await api.get(PATH, params={"rating": 1})).json()["items"]] == [1]
    page = await api.get(PATH, params={"limit": 2})
    assert page.json()["next_cursor"]
    assert 'rel="next"' in page.headers["link"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"rating": "6"}, "/query/rating"),
        ({"order_id": "msg_1"}, "/query/order_id"),
        ({"given_after": "yesterday"}, "/query/given_after"),
        ({"stars": "5"}, "/query/stars"),
        ({"cursor": "x"}, "/query/cursor"),
    ],
)
async def test_a_filter_that_is_none_is_refused(api: httpx.AsyncClient, query: dict[str, Any], pointer: str) -> None:
    answer = await api.get(PATH, params=query)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_staff_comments_on_a_template_once_for_each_key(api: httpx.AsyncClient) -> None:
    headers = {"Tidings-Actor": "staff/anna", "Idempotency-Key": "c-1"}
    first = await api.post(COMMENTS, json=SAID, headers=headers)
    assert first.status_code == 201
    assert first.json() | SAID == first.json()
    assert first.json()["actor"] == "staff/anna"
    again = await api.post(COMMENTS, json=SAID, headers=headers)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    await api.post(COMMENTS, json={"milestone": "order_updated", "comment": "Good"})
    assert [item["comment"] for item in (await api.get(COMMENTS)).json()["items"]] == ["Good", "Too long 😔"]
    found = await api.get(COMMENTS, params={"milestone": "order_dispatched", "channel": "sms", "version": 2})
    assert [item["id"] for item in found.json()["items"]] == [first.json()["id"]]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"milestone": "tea_time"}, "/milestone"),
        ({"channel": "pigeon"}, "/channel"),
        ({"locale": "not a tag"}, "/locale"),
        ({"version": 0}, "/version"),
        ({"version": 2**31}, "/version"),
        ({"comment": ""}, "/comment"),
        ({"comment": "x" * 2001}, "/comment"),
        ({"comment": "nul\0"}, "/comment"),
        ({"stars": 5}, "/stars"),
    ],
)
async def test_a_comment_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, change: dict[str, Any], pointer: str
) -> None:
    answer = await api.post(COMMENTS, json=SAID | change)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_who_may_see_it(
    mailroom: Mailroom, clients: Clients, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient
) -> None:
    rated = Rated(mailroom)
    await rated.give(await rated.told(), 5)
    for client in (stranger, live_api):
        assert (await client.get(PATH)).json()["items"] == []
    orders = await clients.with_scopes(mailroom.scope, "orders")
    templates = await clients.with_scopes(mailroom.scope, "templates")
    assert (await orders.get(PATH)).status_code == (await templates.get(PATH)).status_code == 403
    assert (await orders.post(COMMENTS, json=SAID)).status_code == 403
    assert (await templates.post(COMMENTS, json=SAID)).status_code == 201
    assert (await live_api.get(COMMENTS)).json()["items"] != [], "wording is the same in both modes"
    assert (await stranger.get(COMMENTS)).json()["items"] == []
