"""Reviews over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.reviews.watch import look_for_causes

PATH = "/v1/reviews"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ANNA = {"Tidings-Actor": "staff/anna"}


async def opened(api: httpx.AsyncClient, reason: str = "The carrier has changed.") -> dict[str, Any]:
    answer = await api.post(PATH, json={"reason": reason}, headers=ANNA)
    assert answer.status_code in {200, 201}
    told: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{told['id']}"
    return told


async def test_a_review_is_asked_for_read_and_concluded(
    mailroom: Mailroom, api: httpx.AsyncClient, clock: FixedClock
) -> None:
    await promised(mailroom, HOUR, **instants(mailroom, met_at=10 * MINUTE))
    clock.advance(HOUR)
    told = await opened(api)
    assert (told["status"], told["outcome"], told["opened_by"]) == ("open", None, "staff/anna")
    assert [cause["about"] for cause in told["causes"]] == [{"reason": "The carrier has changed."}]
    assert [(level["kind"], level["kept"]) for level in told["input"]["service_levels"]] == [("order_confirmation", 1)]
    assert told["input"]["feedback"]["given"] == 0
    assert (await api.get(f"{PATH}/{told['id']}")).json() == told
    due_at = (clock.now() + 7 * DAY).isoformat()
    todo = [{"what": "Shorten the text", "owner": "staff/bo", "due_at": due_at}]
    outcome = {"decision": "Well enough, but for a text.", "follow_ups": todo}
    clock.advance(DAY)
    answer = await api.post(f"{PATH}/{told['id']}/outcome", json=outcome, headers=ANNA)
    assert answer.status_code == 200
    concluded = answer.json()
    assert (concluded["status"], concluded["outcome"]["decision"]) == ("concluded", outcome["decision"])
    assert concluded["outcome"]["concluded_by"] == "staff/anna"
    assert [each["owner"] for each in concluded["outcome"]["follow_ups"]] == ["staff/bo"]
    assert concluded["input"] == told["input"], "as it was"
    (listed,) = (await api.get(PATH)).json()["items"]
    assert listed == {name: value for name, value in concluded.items() if name != "input"}


async def test_what_changed_is_found_and_everything_joins(
    api: httpx.AsyncClient, worker_begin: Begin, clock: FixedClock
) -> None:
    await look_for_causes(worker_begin, clock.now())
    await api.patch("/v1/policy", json={"completes_after_days": 5}, headers=ANNA)
    await look_for_causes(worker_begin, clock.now())
    (found,) = (await api.get(PATH, params={"status": "open"})).json()["items"]
    assert [(cause["kind"], cause["actor"]) for cause in found["causes"]] == [("policy", "staff/anna")]
    told = await opened(api)
    assert (told["id"], len(told["causes"])) == (found["id"], 2)
    assert (await api.get(PATH, params={"status": "concluded"})).json()["items"] == []
    tasks = (await api.get("/v1/tasks")).json()["items"]
    assert tasks == [], "in live mode"


async def test_its_figures_are_read_as_they_are_now(
    mailroom: Mailroom, api: httpx.AsyncClient, clock: FixedClock
) -> None:
    told = await opened(api)
    clock.advance(HOUR)
    await promised(mailroom, HOUR, **instants(mailroom, met_at=10 * MINUTE))
    clock.advance(DAY)
    answer = await api.get(f"{PATH}/{told['id']}/input")
    assert [level["kept"] for level in answer.json()["service_levels"]] == [1]
    assert answer.json()["from_at"] == told["input"]["from_at"]
    assert (await api.get(f"{PATH}/{told['id']}")).json()["input"]["service_levels"] == []


async def test_it_has_one_outcome(api: httpx.AsyncClient) -> None:
    told = await opened(api)
    path = f"{PATH}/{told['id']}/outcome"
    await api.post(path, json={"decision": "Good"}, headers=ANNA)
    answer = await api.post(path, json={"decision": "Bad"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:review-concluded")
    assert answer.json()["concluded_by"] == "staff/anna"


async def test_a_post_is_done_once_for_each_key(api: httpx.AsyncClient) -> None:
    answers = [await api.post(PATH, json={"reason": "Why not"}, headers={"Idempotency-Key": "r-1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(answers[1].json()["causes"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/decision"),
        ({"decision": ""}, "/decision"),
        ({"decision": "x", "follow_ups": [{"what": "y", "owner": "anna", "due_at": "2099-01-01T00:00:00Z"}]},
         "/follow_ups/0/owner"),
        ({"decision": "x", "follow_ups": [{"what": "y", "owner": "staff/anna", "due_at": "2020-01-01T00:00:00Z"}]},
         "/follow_ups/0/due_at"),
        ({"decision": "x", "follow_ups": [{"what": "y", "owner": "staff/anna", "due_at": "soon"}]},
         "/follow_ups/0/due_at"),
        ({"decision": "x", "verdict": "y"}, "/verdict"),
    ],
)  # fmt: skip
async def test_an_outcome_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    told = await opened(api)
    answer = await api.post(f"{PATH}/{told['id']}/outcome", json=body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_another_shops_review_is_not_there(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, clients: Clients, shop: Shop
) -> None:
    told = await opened(api)
    assert (await live_api.get(f"{PATH}/{told['id']}")).status_code == 200, "the same in both modes"
    for path in (f"{PATH}/{told['id']}", f"{PATH}/{told['id']}/input", f"{PATH}/rev_1", f"{PATH}/ord_1/input"):
        assert (await stranger.get(path)).status_code == 404
    for review in (told["id"], "rev_1"):
        answer = await stranger.post(f"{PATH}/{review}/outcome", json={"decision": "x"})
        assert answer.status_code == 404
    assert (await stranger.get(PATH)).json()["items"] == []
    orders = await clients.with_scopes(shop.scope, "orders")
    for answer in (await orders.get(PATH), await orders.post(PATH, json={"reason": "x"})):
        assert answer.status_code == 403


async def test_a_list_is_read_page_by_page(api: httpx.AsyncClient, clock: FixedClock) -> None:
    ids = []
    for _ in range(3):
        told = await opened(api)
        ids.append(told["id"])
        await api.post(f"{PATH}/{told['id']}/outcome", json={"decision": "x"})
        clock.advance(DAY)
    first = (await api.get(PATH, params={"limit": 2})).json()
    rest = (await api.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in (*first["items"], *rest["items"])] == ids[::-1]
    assert (await api.get(PATH, params={"cursor": "x"})).status_code == 422
