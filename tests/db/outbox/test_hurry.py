"""Work that need not wait any longer."""

from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.fixtures.errands import errand, left
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.outbox.hurry import hurry, hurry_errand_of, hurry_errands
from tidings.outbox.leave import leave_errands


async def hurried(mailroom: Mailroom, scope: Scope | None = None, *, queue: str = "email", state: str = "") -> bool:
    """Whether a message that is due in an hour, in some state, is due now."""
    await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(f"UPDATE outbox SET due_at = now() + interval '1 hour'{state}")
    async with mailroom.begin(scope or mailroom.scope) as tx:
        await hurry(tx, queue)
    due: bool = await mailroom.value("SELECT due_at <= now() FROM outbox")
    return due


async def test_what_waits_on_a_mended_channel_is_due_now_and_the_worker_is_woken(mailroom: Mailroom) -> None:
    woken: list[bool] = []
    mailroom.begin.on_work = lambda: woken.append(True)
    assert await hurried(mailroom)
    assert woken


async def test_another_channel_goes_on_waiting(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, queue="sms")


async def test_the_other_mode_goes_on_waiting(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, mailroom.shop.live_scope)


async def test_what_a_worker_holds_stays_held(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, state=", lease_token = gen_random_uuid()")


async def test_what_a_person_must_look_at_first_stays_parked(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, state=", parked_at = now()")


HOUR = timedelta(hours=1)


async def waits(begin: Begin, shop: Shop, clock: FixedClock, *, state: str = "", **columns: Any) -> bool:
    """Whether a check that is due in an hour still waits after goods of the article TEA have come in."""
    wanted = errand(
        shop, clock, due_at=clock.now() + HOUR, **{"kind": "check_stock", "data": {"lacks": ["TEA"]}, **columns}
    )
    async with begin(Scope(shop.id, wanted.mode)) as tx:
        await leave_errands(tx, wanted)
    async with begin.across() as tx:
        if state:
            await tx.raw.execute(f"UPDATE errands SET {state}")
    async with begin(shop.scope) as tx:
        await hurry_errands(tx, "check_stock", clock.now(), lacking=["POT", "TEA"])
    (found,) = await left(begin)
    return found["due_at"] > clock.now()


async def test_a_check_that_lacks_what_has_come_is_due_now(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    assert not await waits(begin, shop, clock)


@pytest.mark.parametrize(
    "other",
    [
        {"data": {"lacks": ["CUP"]}},
        {"data": {}},
        {"kind": "check_payment"},
        {"kind": "expire_unpaid"},
        {"mode": "live"},
        {"state": "lease_until = now() + interval '1 minute', lease_token = gen_random_uuid()"},
        {"state": "parked_at = now()"},
    ],
    ids=str,
)
async def test_any_other_errand_goes_on_waiting(
    begin: Begin, shop: Shop, clock: FixedClock, other: dict[str, Any]
) -> None:
    assert await waits(begin, shop, clock, **other)


async def test_the_oldest_order_goes_first(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    orders = [new_id() for _ in range(3)]
    later = [errand(shop, clock, order_id=order, due_at=clock.now() + HOUR) for order in reversed(orders)]
    async with begin(shop.scope) as tx:
        await leave_errands(tx, *later)
        await hurry_errands(tx, "check_payment", clock.now())
    found = await left(begin)
    assert [row["order_id"] for row in found] == orders
    assert all(clock.now() - row["due_at"] < timedelta(seconds=1) for row in found)


@pytest.mark.parametrize(
    ("state", "is_there", "due_in"),
    [
        ("order_id = order_id", True, timedelta()),
        ("lease_until = now() + interval '1 minute'", True, HOUR),
        ("parked_at = now()", False, HOUR),
        ("kind = 'check_stock'", False, HOUR),
        ("order_id = gen_random_uuid()", False, HOUR),
    ],
)
async def test_an_errand_of_one_order_goes_now_unless_somebody_has_it_in_hand(
    begin: Begin, shop: Shop, clock: FixedClock, state: str, due_in: timedelta, *, is_there: bool
) -> None:
    waiting = errand(shop, clock, due_at=clock.now() + HOUR)
    async with begin(shop.scope) as tx:
        await leave_errands(tx, waiting)
        await tx.raw.execute(f"UPDATE errands SET {state}")
        assert await hurry_errand_of(tx, waiting.order_id, "check_payment", clock.now()) is is_there
    (found,) = await left(begin)
    assert found["due_at"] - clock.now() == due_in
