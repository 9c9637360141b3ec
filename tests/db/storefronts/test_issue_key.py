"""Issuing keys."""

import json
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import InvalidInput
from tidings.storefronts.authenticate import digest
from tidings.storefronts.errors import KeyTaken
from tidings.storefronts.issue_key import IssueKey, issue_key

BACKEND = IssueKey(name="Backend", principal="backend", scopes=("orders",))


async def test_only_the_digest_of_a_key_is_stored(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        issued = await issue_key(tx, BACKEND, actor="staff/ada", now=clock.now())
    assert issued.key.startswith("td_test_")
    assert issued.row.hint == issued.key[:12]
    assert issued.row.digest == digest(issued.key)
    async with begin.reading(None) as tx:
        stored = await tx.raw.fetchval("SELECT string_agg(k::text, '') FROM api_keys k")
    assert issued.key not in stored
    (record,) = await trail(begin, shop)
    assert (record.kind, record.mode) == ("key.created", "test")
    assert json.loads(record.data) == {"principal": "backend", "scopes": ["orders"]}


async def test_a_key_has_the_mode_of_the_transaction(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    async with begin(shop.live_scope) as tx:
        issued = await issue_key(tx, BACKEND, actor="a", now=clock.now())
    assert (issued.row.mode, issued.key[:8]) == ("live", "td_live_")


async def test_a_given_key_is_taken_once(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    given = IssueKey(name="n", principal="p", scopes=("orders",), given="td_test_0123456789abcdef")
    async with begin(shop.scope) as tx:
        assert (await issue_key(tx, given, actor="a", now=clock.now())).key == given.given
    with pytest.raises(KeyTaken):
        async with begin(shop.scope) as tx:
            await issue_key(tx, given, actor="a", now=clock.now())


async def test_a_given_key_of_the_other_mode_is_refused(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    given = IssueKey(name="n", principal="p", scopes=("orders",), given="td_live_0123456789abcdef")
    with pytest.raises(InvalidInput) as refused:
        async with begin(shop.scope) as tx:
            await issue_key(tx, given, actor="a", now=clock.now())
    assert refused.value.faults[0].pointer == "/key"


async def test_a_key_that_has_expired_already_is_refused(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    past = IssueKey(name="n", principal="p", scopes=("orders",), expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(InvalidInput) as refused:
        async with begin(shop.scope) as tx:
            await issue_key(tx, past, actor="a", now=clock.now())
    assert refused.value.faults[0].pointer == "/expires_at"
