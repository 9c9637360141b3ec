"""How well promises were kept, counted by the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tests.fixtures.shop import Shop
from tests.unit.reports.test_business_clock import Rules
from tidings.kit.scope import Mode
from tidings.reports.business_clock import business_clock
from tidings.reports.schemas import Group, Period, ServiceLevel
from tidings.reports.service_levels import Asked, service_levels

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


async def levels(
    mailroom: Mailroom, *, period: Period = "all", group: Group = "kind", calendar: Any = None
) -> list[ServiceLevel]:
    now = mailroom.clock.now()
    asked = Asked(now - 30 * DAY, now + DAY, period, group, "Europe/Berlin")
    clock = business_clock([Rules(calendar or {}, asked.since, "Europe/Berlin")], asked.since, now + 30 * DAY)
    async with mailroom.begin.reading(mailroom.scope) as tx:
        return await service_levels(tx, asked, clock, now=now)


async def test_promises_are_counted_by_what_became_of_them(mailroom: Mailroom, other_shop: Shop) -> None:
    for after in (10, 20, 30, 90):
        await promised(mailroom, HOUR, **instants(mailroom, met_at=after * MINUTE))
    await promised(mailroom, HOUR)
    await promised(mailroom, -HOUR)
    await promised(mailroom, HOUR, **instants(mailroom, cancelled_at=MINUTE))
    await promised(mailroom, HOUR, **instants(mailroom, missed_at=MINUTE))
    for elsewhere in (Mailroom(mailroom.begin, other_shop, mailroom.clock), _live(mailroom)):
        await promised(elsewhere, HOUR)
    (level,) = await levels(mailroom)
    counts = (level.promised, level.kept, level.late, level.missed, level.running, level.cancelled)
    assert counts == (8, 3, 1, 2, 1, 1)
    assert level.kept_share == 0.5
    assert (level.kind, level.period, level.channel) == ("order_confirmation", None, None)
    taken = level.taken
    assert (taken.basis, taken.p50, taken.max) == ("business", 25.0, 90.0)
    assert taken.p90 == pytest.approx(72.0)


async def test_what_was_missed_stays_so_though_it_is_cancelled_afterwards(mailroom: Mailroom) -> None:
    for due_in in (HOUR, 3 * HOUR):
        await promised(mailroom, due_in, **instants(mailroom, cancelled_at=2 * HOUR))
    noticed = instants(mailroom, missed_at=61 * MINUTE, cancelled_at=2 * HOUR)
    await promised(mailroom, HOUR, **noticed)
    (level,) = await levels(mailroom)
    assert (level.promised, level.missed, level.cancelled, level.kept_share) == (3, 2, 1, 0.0)


def _live(mailroom: Mailroom) -> Mailroom:
    mode: Mode = "live"
    return Mailroom(mailroom.begin, mailroom.shop, mailroom.clock, mode)


async def test_business_minutes_are_those_in_which_the_shop_was_open(mailroom: Mailroom) -> None:
    """From Monday evening to Tuesday morning, from the night to the morning, and within a day."""
    calendar = {"hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed")}}
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    mailroom.clock.set(monday)
    # In UTC; Berlin is an hour ahead.
    for start, end, minutes in ((15.5, 32.5, 60.0), (2, 8.5, 30.0), (10, 10.25, 15.0), (20, 22, 0.0)):
        started, met = monday + start * HOUR, monday + end * HOUR
        kind = f"k{minutes}"
        await promised(mailroom, 40 * HOUR, kind="order_confirmation", started_at=started, met_at=met, met_by=kind)
    (level,) = await levels(mailroom, calendar=calendar)
    assert (level.taken.max, level.taken.p50) == (60.0, 22.5)


async def test_elapsed_promises_are_counted_by_any_clock(mailroom: Mailroom) -> None:
    never = {"hours": {"mon": [["00:00", "00:01"]]}}
    await promised(mailroom, 24 * HOUR, kind="change_decided", **instants(mailroom, met_at=3 * HOUR))
    (level,) = await levels(mailroom, calendar=never)
    assert (level.taken.basis, level.taken.max) == ("elapsed", 180.0)


async def test_periods_begin_by_the_shops_own_clock(mailroom: Mailroom) -> None:
    """23:30 UTC on a Sunday is Monday in Berlin; the same for weeks and months."""
    sunday = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    mailroom.clock.set(sunday)
    await promised(mailroom, HOUR)
    await promised(mailroom, HOUR, started_at=sunday - 2 * HOUR)
    for period, firsts in {
        "day": ["2026-11-29", "2026-11-30"],
        "week": ["2026-11-23", "2026-11-30"],
        "month": ["2026-11-01"],
    }.items():
        assert [str(level.period) for level in await levels(mailroom, period=period)] == firsts  # type: ignore[arg-type]


async def test_the_channel_is_that_of_the_message_that_kept_it_or_was_to(mailroom: Mailroom) -> None:
    await mailroom.sent(await mailroom.connect("sms"), customer={"preferred_channel": "sms"})
    await mailroom.owed()
    await promised(mailroom, HOUR, met_by="staff/eve", **instants(mailroom, met_at=MINUTE))
    await promised(mailroom, HOUR)
    found = {level.channel: (level.kept, level.running) for level in await levels(mailroom, group="channel")}
    assert found == {"sms": (1, 0), "email": (0, 1), "staff": (1, 0), "none": (0, 1)}


async def test_where_nothing_was_promised_there_is_nothing_to_tell(mailroom: Mailroom) -> None:
    assert await levels(mailroom) == []
