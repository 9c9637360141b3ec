"""Callbacks over HTTP while secrets change, queues are full, and neighbours fail."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from tests.fixtures.provider import ANOTHER, Provider
from tidings.bootstrap import Runtime
from tidings.callbacks.take_in import TakeIn, Taken
from tidings.kit.ids import wire
from tidings.storefronts.connectionbook import ConnectionBook


async def test_a_secret_that_was_changed_elsewhere_a_moment_ago_locks_nobody_out(
    provider: Provider, api_runtime: Runtime
) -> None:
    api_runtime.connections = ConnectionBook(api_runtime.begin, api_runtime.vault, keep_seconds=60)
    attempt = await provider.mailroom.sent(provider.origin)
    assert (await provider.post(provider.callback(attempt, "sent"))).status_code == 200
    async with provider.mailroom.begin.across() as tx:
        sealed = api_runtime.vault.seal_all({"signing_secret": ANOTHER})
        await tx.raw.execute("UPDATE connections SET secrets = $1", sealed)
    assert (await provider.post(provider.callback(attempt, "delivered"), secret=ANOTHER)).status_code == 200
    # From then on the old one is of no use.
    assert (await provider.raw(b"[]")).status_code == 403
    assert (await provider.mailroom.message(attempt.message_id)).status == "delivered"


async def test_a_change_in_this_process_is_seen_at_once(
    provider: Provider, api: httpx.AsyncClient, api_runtime: Runtime
) -> None:
    api_runtime.connections = ConnectionBook(api_runtime.begin, api_runtime.vault, keep_seconds=60)
    assert (await provider.raw(b"[]")).status_code == 200
    url = f"/v1/connections/{wire('con', provider.origin.connection_id)}"
    assert (await api.patch(url, json={"secrets": {"signing_secret": ANOTHER}})).status_code == 200
    assert (await provider.raw(b"[]")).status_code == 403


async def test_what_is_more_than_can_be_kept_in_good_time_is_refused(provider: Provider, api_runtime: Runtime) -> None:
    api_runtime.taking_in._waiting = 0
    answer = await provider.raw(b"[]")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "urn:tidings:problem:overloaded"


async def test_a_callback_that_fails_is_told_so_and_its_neighbours_are_not(
    provider: Provider, api_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await provider.mailroom.sent(provider.origin)

    async def half(commands: Sequence[TakeIn]) -> list[Taken]:
        return [OSError() if command.events[0].status == "sent" else [] for command in commands]

    monkeypatch.setattr(api_runtime.taking_in, "_work", half)
    answers = await asyncio.gather(*(provider.post(provider.callback(attempt, word)) for word in ("sent", "delivered")))
    assert [answer.status_code for answer in answers] == [503, 200]
