"""Keys are looked up by their digest, and kept for a while."""

import asyncio
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.storefronts import authenticate
from tidings.storefronts.authenticate import KeyRing
from tidings.storefronts.errors import Unauthorised


async def revoke_all(begin: Begin) -> None:
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE api_keys SET revoked_at = now()")


async def test_a_key_tells_whose_it_is(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    keys = KeyRing(begin, keep_seconds=60)
    caller = await keys.caller_of(f"Bearer {shop.live_key}", "staff/ada", now=clock.now())
    assert (caller.scope, caller.principal, caller.actor) == (shop.live_scope, "teahouse-live", "staff/ada")
    assert caller.scopes == {"orders", "operations", "templates", "admin"}
    # The person is this request's, not the key's.
    assert (await keys.caller_of(f"Bearer {shop.live_key}", None, now=clock.now())).actor == "teahouse-live"


async def test_a_kept_key_works_on_for_a_while_and_no_longer(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    kept, unkept = KeyRing(begin, keep_seconds=60), KeyRing(begin, keep_seconds=0)
    for keys in (kept, unkept):
        await keys.caller_of(f"Bearer {shop.test_key}", None, now=clock.now())
    await revoke_all(begin)
    await kept.caller_of(f"Bearer {shop.test_key}", None, now=clock.now())
    for keys in (unkept, kept):
        keys.forget()
        with pytest.raises(Unauthorised):
            await keys.caller_of(f"Bearer {shop.test_key}", None, now=clock.now())


async def test_a_kept_key_runs_out_at_its_instant_all_the_same(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE api_keys SET expires_at = $1", clock.now() + timedelta(seconds=5))
    keys = KeyRing(begin, keep_seconds=60)
    await keys.caller_of(f"Bearer {shop.test_key}", None, now=clock.now())
    with pytest.raises(Unauthorised):
        await keys.caller_of(f"Bearer {shop.test_key}", None, now=clock.advance(timedelta(seconds=5)))


async def test_a_key_that_nobody_has_is_refused_and_not_kept(begin: Begin, clock: FixedClock) -> None:
    keys = KeyRing(begin, keep_seconds=60)
    with pytest.raises(Unauthorised):
        await keys.caller_of("Bearer td_test_0123456789abcdef", None, now=clock.now())
    assert not keys._kept


class Counted(Begin):
    """Counts the transactions that read."""

    opened = 0

    def reading(self, scope):
        self.opened += 1
        return super().reading(scope)


async def test_many_calls_with_one_key_look_it_up_once(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    counted = Counted(begin.engine)
    keys, field = KeyRing(counted, keep_seconds=60), f"Bearer {shop.test_key}"
    callers = await asyncio.gather(*(keys.caller_of(field, None, now=clock.now()) for _ in range(20)))
    assert {caller.principal for caller in callers} == {"teahouse-test"}
    assert counted.opened == 1


async def test_only_so_many_are_kept(
    begin: Begin, clock: FixedClock, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authenticate, "_MOST_KEPT", 1)
    keys = KeyRing(begin, keep_seconds=60)
    for key in (shop.test_key, shop.live_key):
        await keys.caller_of(f"Bearer {key}", None, now=clock.now())
    assert list(keys._kept) == [f"Bearer {shop.live_key}"]
