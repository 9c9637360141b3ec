"""Suppressed addresses as the desk sees them."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.suppressed import (
    SuppressAddress,
    SuppressionFilter,
    end_suppression,
    suppress_address,
    suppression_by_id,
    suppressions_page,
)
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput, NotFound


async def add(mailroom: Mailroom, address: str, **more: object) -> bool:
    async with mailroom.begin(mailroom.scope) as tx:
        command = SuppressAddress("email", address, "staff/eve", **more)  # type: ignore[arg-type]
        return (await suppress_address(tx, command, now=mailroom.clock.now()))[1]


async def listed(mailroom: Mailroom, asked: SuppressionFilter, window: Window | None = None) -> list[str]:
    async with mailroom.begin.reading(mailroom.scope) as tx:
        page = await suppressions_page(tx, asked, window or Window(), now=mailroom.clock.now())
    return [row.address for row in page.items]


async def test_an_address_is_added_once(mailroom: Mailroom) -> None:
    assert await add(mailroom, "Ada@example.com")
    assert not await add(mailroom, "ada@example.com")
    assert await listed(mailroom, SuppressionFilter()) == ["ada@example.com"]


async def test_an_end_in_the_past_or_a_bad_address_is_refused(mailroom: Mailroom) -> None:
    with pytest.raises(InvalidInput):
        await add(mailroom, "ada@example.com", ends_at=mailroom.clock.now())
    with pytest.raises(InvalidInput):
        await add(mailroom, "ada")


async def test_those_that_have_ended_are_listed_only_when_asked_for(mailroom: Mailroom) -> None:
    await add(mailroom, "ada@example.com", ends_at=mailroom.clock.now() + timedelta(hours=1))
    await add(mailroom, "bob@example.com")
    mailroom.clock.advance(timedelta(hours=2))
    assert await listed(mailroom, SuppressionFilter()) == ["bob@example.com"]
    everything = SuppressionFilter("email", standing=False)
    assert await listed(mailroom, everything) == ["bob@example.com", "ada@example.com"]
    assert await listed(mailroom, SuppressionFilter("sms", standing=False)) == []


async def test_the_list_goes_on_where_it_stopped(mailroom: Mailroom) -> None:
    for name in "abcde":
        await add(mailroom, f"{name}@example.com")
    seen: list[str] = []
    window: Window | None = Window(limit=2)
    while window is not None:
        async with mailroom.begin.reading(mailroom.scope) as tx:
            page = await suppressions_page(tx, SuppressionFilter(), window, now=mailroom.clock.now())
        seen += [row.address[0] for row in page.items]
        window = None if page.next_cursor is None else Window(limit=2, after=decode_cursor(page.next_cursor))
    assert seen == list("edcba")


async def test_ending_lets_the_address_be_used_and_nobodys_is_not_found(mailroom: Mailroom) -> None:
    await add(mailroom, "ada@example.com")
    made = await mailroom.value("SELECT id FROM suppressions")
    async with mailroom.begin(mailroom.scope) as tx:
        await end_suppression(tx, made, actor="staff/eve", now=mailroom.clock.now())
    assert await listed(mailroom, SuppressionFilter()) == []
    async with mailroom.begin(mailroom.scope) as tx:
        assert (await suppression_by_id(tx, made)).ends_at == mailroom.clock.now()
        with pytest.raises(NotFound):
            await end_suppression(tx, None, actor="staff/eve", now=mailroom.clock.now())
