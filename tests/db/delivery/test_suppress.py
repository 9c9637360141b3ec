"""Addresses that must not be used."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.suppress import (
    Address,
    Suppressing,
    SuppressReason,
    end,
    lift_opt_outs,
    suppress,
    suppressed_among,
)
from tidings.kit.ids import new_id


def at(mailroom: Mailroom, address: str = "ada@example.com", channel: str = "email") -> Address:
    return Address(mailroom.shop.id, mailroom.mode, channel, address)


async def add(
    mailroom: Mailroom, *reasons: SuppressReason, address: str = "ada@example.com", **more: object
) -> list[UUID]:
    these = [Suppressing(at(mailroom, address), reason, f"att_{reason}", **more) for reason in reasons]  # type: ignore[arg-type]
    async with mailroom.begin(mailroom.scope) as tx:
        return await suppress(tx, these, now=mailroom.clock.now())


async def among(mailroom: Mailroom, *these: Address) -> set[Address]:
    async with mailroom.begin.across() as tx:
        return await suppressed_among(tx, these, now=mailroom.clock.now())


async def standing(mailroom: Mailroom) -> list[str]:
    rows = await mailroom.fetch(
        "SELECT reason FROM suppressions WHERE ends_at IS NULL OR ends_at > $1 ORDER BY id", mailroom.clock.now()
    )
    return [row["reason"] for row in rows]


async def test_an_address_is_suppressed_whatever_its_case_and_found_as_it_was_asked_for(mailroom: Mailroom) -> None:
    assert len(await add(mailroom, "hard_bounce", address="Ada@Example.com")) == 1
    asked = at(mailroom, "ADA@example.com")
    assert await among(mailroom, asked, at(mailroom, "bob@example.com")) == {asked}
    assert await among(mailroom) == set()


async def test_another_channel_mode_or_shop_is_not_concerned(mailroom: Mailroom, other_shop: Shop) -> None:
    await add(mailroom, "hard_bounce")
    asked = at(mailroom)
    others = (asked._replace(channel="sms"), asked._replace(mode="live"), asked._replace(storefront_id=other_shop.id))
    assert await among(mailroom, *others) == set()


async def test_one_that_stands_is_left_as_it_is(mailroom: Mailroom) -> None:
    await add(mailroom, "complaint")
    assert await add(mailroom, "complaint") == []
    assert await standing(mailroom) == ["complaint"]
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'address.suppressed'") == 1


async def test_each_reason_stands_by_itself(mailroom: Mailroom) -> None:
    await add(mailroom, "hard_bounce")
    assert len(await add(mailroom, "opt_out", "complaint", "opt_out")) == 2
    assert sorted(await standing(mailroom)) == ["complaint", "hard_bounce", "opt_out"]


@pytest.mark.parametrize("order", [("manual", "opt_out"), ("opt_out", "manual")])
async def test_a_stop_outlives_what_the_desk_takes_back(
    mailroom: Mailroom, order: tuple[SuppressReason, SuppressReason]
) -> None:
    for reason in order:
        await add(mailroom, reason)
    by_hand = await mailroom.value("SELECT id FROM suppressions WHERE reason = 'manual'")
    async with mailroom.begin(mailroom.scope) as tx:
        assert await end(tx, by_hand, actor="staff/eve", now=mailroom.clock.now())
    assert await standing(mailroom) == ["opt_out"]
    assert await among(mailroom, at(mailroom)) == {at(mailroom)}


async def test_a_start_leaves_what_the_desk_wants(mailroom: Mailroom) -> None:
    await add(mailroom, "manual", "opt_out")
    async with mailroom.begin.across() as tx:
        assert len(await lift_opt_outs(tx, [at(mailroom)], actor="provider/x", now=mailroom.clock.now())) == 1
    assert await standing(mailroom) == ["manual"]
    assert await among(mailroom, at(mailroom)) == {at(mailroom)}


async def test_the_trail_names_the_order_and_holds_no_address(mailroom: Mailroom) -> None:
    order = new_id()
    await add(mailroom, "hard_bounce", order_id=order)
    (record,) = await mailroom.fetch("SELECT order_id, actor, data FROM records WHERE kind = 'address.suppressed'")
    assert (record["order_id"], record["actor"]) == (order, "att_hard_bounce")
    assert record["data"] == {"channel": "email", "reason": "hard_bounce"}


async def test_an_opt_in_takes_back_an_opt_out_and_nothing_else(mailroom: Mailroom) -> None:
    await add(mailroom, "opt_out")
    await add(mailroom, "complaint", address="bob@example.com")
    async with mailroom.begin.across() as tx:
        lifted = await lift_opt_outs(
            tx, [at(mailroom), at(mailroom, "bob@example.com")], actor="provider/x", now=mailroom.clock.now()
        )
    assert len(lifted) == 1
    assert await among(mailroom, at(mailroom), at(mailroom, "bob@example.com")) == {at(mailroom, "bob@example.com")}
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'address.allowed'") == 1


async def test_one_that_has_ended_is_suppressed_anew(mailroom: Mailroom) -> None:
    (made,) = await add(mailroom, "manual", ends_at=mailroom.clock.now() + timedelta(hours=1))
    assert await among(mailroom, at(mailroom)) == {at(mailroom)}
    mailroom.clock.advance(timedelta(hours=1))
    assert await among(mailroom, at(mailroom)) == set()
    assert await add(mailroom, "manual") == [made]
    assert await standing(mailroom) == ["manual"]
    assert await among(mailroom, at(mailroom)) == {at(mailroom)}


@pytest.mark.parametrize("said", ["opt_out", "complaint", "hard_bounce"])
async def test_what_is_said_during_a_suppression_for_a_time_outlasts_it(
    mailroom: Mailroom, said: SuppressReason
) -> None:
    await add(mailroom, "manual", ends_at=mailroom.clock.now() + timedelta(days=7))
    mailroom.clock.advance(timedelta(days=2))
    assert len(await add(mailroom, said)) == 1
    mailroom.clock.advance(timedelta(days=6))
    assert await among(mailroom, at(mailroom)) == {at(mailroom)}
    assert await standing(mailroom) == [said]
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'address.suppressed'") == 2


@pytest.mark.parametrize(("days", "ends_in"), [(3, 7), (7, 7), (9, 9)])
async def test_a_suppression_for_a_time_is_made_longer_and_never_shorter(
    mailroom: Mailroom, days: int, ends_in: int
) -> None:
    now = mailroom.clock.now()
    await add(mailroom, "manual", ends_at=now + timedelta(days=7))
    await add(mailroom, "manual", ends_at=now + timedelta(days=days))
    assert await mailroom.value("SELECT ends_at FROM suppressions") == now + timedelta(days=ends_in)


async def test_ending_twice_is_recorded_once(mailroom: Mailroom) -> None:
    (made,) = await add(mailroom, "manual")
    for expected in (True, False):
        async with mailroom.begin(mailroom.scope) as tx:
            assert await end(tx, made, actor="staff/eve", now=mailroom.clock.now()) is expected
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind = 'address.allowed'") == 1


async def test_parallel_suppressions_of_the_same_addresses_do_not_lock_each_other_out(mailroom: Mailroom) -> None:
    names = [f"n{number}@example.com" for number in range(8)]

    async def add_all(order: list[str]) -> int:
        these = [Suppressing(at(mailroom, name), "hard_bounce", "att_x") for name in order]
        async with mailroom.begin.across() as tx:
            return len(await suppress(tx, these, now=mailroom.clock.now()))

    counts = await asyncio.gather(add_all(names), add_all(names[::-1]), add_all(names[4:] + names[:4]))
    assert sum(counts) == 8
