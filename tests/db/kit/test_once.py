"""The effect of a POST and its answer are committed together, once to a key."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Scope
from tidings.kit.idempotency import KeyInUse, KeyUsedOtherwise, Replayed, expire_keys
from tidings.kit.once import Once
from tidings.kit.problem import InvalidInput
from tidings.kit.vault import Vault, new_vault_key
from tidings.records.append import Entry, append

VAULT = Vault([new_vault_key()])


@dataclass(frozen=True)
class Holder:
    scope: Scope


class Made(BaseModel):
    number: int


def request(
    key: str | None = "k-1", *, method: str = "POST", path: str = "/v1/things", query: str = "", body: bytes = b"{}"
) -> Request:
    headers = [] if key is None else [(b"idempotency-key", key.encode("latin-1"))]
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": headers,
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


@pytest.fixture
def post(begin: Begin, clock: FixedClock, shop: Shop):
    """Carries out a POST that leaves one record, and answers with its number."""

    async def carry_out(
        asked: Request,
        number: int = 1,
        *,
        scope: Scope | None = None,
        pause: asyncio.Event | None = None,
        fails: bool = False,
        is_secret: bool = False,
        entered: asyncio.Event | None = None,
        patience: timedelta = timedelta(seconds=15),
    ) -> Response:
        once = Once(asked, begin, VAULT, now=clock.now(), wait=patience)
        async with once(Holder(scope or shop.scope)) as tx:
            await append(tx, entry(shop, clock, number))
            if entered is not None:
                entered.set()
            if pause is not None:
                await pause.wait()
            if fails:
                raise InvalidInput
            return once.answer(201, Made(number=number), headers={"Location": f"/t/{number}"}, is_secret=is_secret)

    return carry_out


def entry(shop: Shop, clock: FixedClock, number: int) -> Entry:
    told = {"mode": "test", "kind": "thing.made", "subject": f"thing {number}", "actor": "tests"}
    return Entry(storefront_id=shop.id, order_id=None, at=clock.now(), **told)


async def made(begin: Begin) -> list[str]:
    async with begin.reading(None) as tx:
        return [row["subject"] for row in await tx.raw.fetch("SELECT subject FROM records ORDER BY id")]


async def kept(begin: Begin) -> list[Any]:
    async with begin.reading(None) as tx:
        return list(await tx.raw.fetch("SELECT * FROM idempotency_keys"))


async def replayed(coming: Any) -> Response:
    with pytest.raises(Replayed) as again:
        await coming
    return again.value.response


async def invalid(coming: Any) -> None:
    with pytest.raises(InvalidInput):
        await coming


async def test_the_answer_is_ready_and_carries_its_own_fields(post: Any) -> None:
    answer = await post(request())
    assert (answer.status_code, json.loads(answer.body), answer.headers["location"]) == (201, {"number": 1}, "/t/1")


async def test_a_repeat_is_given_the_first_answer_again_and_does_nothing(post: Any, begin: Begin) -> None:
    first = await post(request())
    answer = await replayed(post(request(), 2))
    assert (answer.status_code, answer.body, answer.headers["location"]) == (201, first.body, "/t/1")
    assert answer.headers["idempotency-replayed"] == "true"
    assert answer.headers["content-type"] == "application/json"
    assert await made(begin) == ["thing 1"]


async def test_without_a_key_every_request_is_carried_out(post: Any, begin: Begin) -> None:
    await post(request(None))
    await post(request(None), 2)
    assert await made(begin) == ["thing 1", "thing 2"]
    assert await kept(begin) == []


@pytest.mark.parametrize(
    "other",
    [{"body": b'{"a":1}'}, {"path": "/v1/others"}, {"query": "dry=1"}, {"method": "PUT"}],
)
async def test_a_key_is_not_taken_for_another_request(post: Any, begin: Begin, other: dict[str, Any]) -> None:
    await post(request())
    with pytest.raises(KeyUsedOtherwise):
        await post(request(**other), 2)
    assert await made(begin) == ["thing 1"]


async def test_a_failure_is_not_stored_and_the_repeat_runs(post: Any, begin: Begin) -> None:
    await invalid(post(request(), fails=True))
    assert await kept(begin) == []
    assert (await post(request(), 2)).status_code == 201
    assert await made(begin) == ["thing 2"]


async def test_a_concurrent_repeat_waits_and_is_given_the_first_answer(post: Any, begin: Begin) -> None:
    entered, pause = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(post(request(), 1, pause=pause, entered=entered))
        await entered.wait()
        second = group.create_task(replayed(post(request(), 2)))
        await asyncio.sleep(0.1)
        assert not second.done()
        pause.set()
    assert second.result().body == first.result().body
    assert await made(begin) == ["thing 1"]


async def test_a_concurrent_repeat_runs_when_the_first_one_fails(post: Any, begin: Begin) -> None:
    entered, pause = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(invalid(post(request(), 1, pause=pause, fails=True, entered=entered)))
        await entered.wait()
        second = group.create_task(post(request(), 2))
        await asyncio.sleep(0.1)
        pause.set()
    assert second.result().status_code == 201
    assert await made(begin) == ["thing 2"]


async def test_who_waits_too_long_is_told_to_come_again(post: Any) -> None:
    entered, pause = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(post(request(), 1, pause=pause, entered=entered))
        await entered.wait()
        with pytest.raises(KeyInUse) as refused:
            await post(request(), 2, patience=timedelta(seconds=0.1))
        pause.set()
    assert refused.value.headers == {"Retry-After": "1"}


async def test_a_secret_answer_lies_sealed_and_is_told_again_all_the_same(post: Any, begin: Begin) -> None:
    first = await post(request(), is_secret=True)
    (row,) = await kept(begin)
    assert first.body not in row["body"]
    assert VAULT.open(row["body"]) == first.body
    assert (await replayed(post(request()))).body == first.body


async def test_keys_of_another_mode_or_storefront_are_other_keys(post: Any, begin: Begin, shop: Shop) -> None:
    await post(request())
    await post(request(), 2, scope=shop.live_scope)
    assert await made(begin) == ["thing 1", "thing 2"]


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "x" * 256, "caf\xe9"])
async def test_a_key_is_visible_ascii_of_bounded_length(post: Any, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await post(request(key))
    assert refused.value.faults[0].pointer == "/header/Idempotency-Key"


async def test_the_longest_key_is_taken(post: Any) -> None:
    assert (await post(request("x" * 255))).status_code == 201


async def test_a_block_that_answers_nothing_is_a_bug_and_stores_nothing(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    once = Once(request(), begin, VAULT, now=clock.now(), wait=timedelta(seconds=1))
    with pytest.raises(RuntimeError, match="ends with"):
        async with once(Holder(shop.scope)) as tx:
            await append(tx, entry(shop, clock, 1))
    assert await made(begin) == []


async def test_an_answer_without_a_body_is_kept_too(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    for _ in range(2):
        once = Once(request(), begin, VAULT, now=clock.now(), wait=timedelta(seconds=1))
        try:
            async with once(Holder(shop.scope)):
                answer = once.answer(204)
        except Replayed as again:
            answer = again.response
        assert (answer.status_code, answer.body) == (204, b"")


async def test_a_key_that_expires_between_two_looks_is_free(
    begin: Begin, clock: FixedClock, shop: Shop, post: Any
) -> None:
    """As when the sweep deletes the row that the INSERT has just met."""
    await post(request())
    gone = asyncio.Event()
    once = Once(request(), begin, VAULT, now=clock.now(), wait=timedelta(seconds=1))
    inserted = once._inserted

    async def meets_it_first(tx: Any, key: str, mark: bytes) -> bool:
        taken = await inserted(tx, key, mark)
        if not gone.is_set():
            gone.set()
            await expire_keys(begin, clock.now() + timedelta(days=3), keep=timedelta(days=2))
        return taken

    once._inserted = meets_it_first  # type: ignore[method-assign]
    async with once(Holder(shop.scope)) as tx:
        await append(tx, entry(shop, clock, 2))
        once.answer(201, Made(number=2))
    assert await made(begin) == ["thing 1", "thing 2"]
