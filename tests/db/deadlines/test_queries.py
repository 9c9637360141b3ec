"""Promises, and how they stand."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tests.fixtures.shop import Shop
from tidings.deadlines.queries import DeadlineFilter, deadline_of, deadlines_page
from tidings.deadlines.schemas import Deadline, DeadlineStatus
from tidings.kit.page import Window, decode_cursor

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def found(mailroom: Mailroom, asked: DeadlineFilter) -> list[Deadline]:
    now = mailroom.clock.now()
    async with mailroom.begin.reading(mailroom.scope) as tx:
        return [deadline_of(row, now) for row in (await deadlines_page(tx, asked, Window(), now=now)).items]


async def ids(mailroom: Mailroom, **asked: object) -> list[str]:
    return [one.id for one in await found(mailroom, DeadlineFilter(**asked))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ({}, "running"),
        ({"met_at": MINUTE}, "met"),
        ({"met_at": HOUR}, "met"),
        ({"met_at": HOUR + MINUTE}, "missed"),
        ({"cancelled_at": MINUTE}, "cancelled"),
        ({"met_at": MINUTE, "cancelled_at": MINUTE}, "met"),
        ({"missed_at": HOUR, "met_at": 2 * HOUR}, "missed"),
    ],
)
async def test_a_promise_stands_the_same_in_the_list_and_in_the_filter(
    mailroom: Mailroom, after: dict[str, timedelta], status: DeadlineStatus
) -> None:
    await promised(mailroom, HOUR, **instants(mailroom, **after))
    (one,) = await found(mailroom, DeadlineFilter())
    assert one.status == status
    for asked in ("running", "met", "missed", "cancelled"):
        assert len(await ids(mailroom, status=asked)) == (asked == status)


async def test_a_clock_is_missed_once_its_time_is_over_and_not_in_the_very_moment(mailroom: Mailroom) -> None:
    await promised(mailroom, HOUR)
    mailroom.clock.advance(HOUR)
    assert len(await ids(mailroom, status="running")) == 1
    mailroom.clock.advance(timedelta(microseconds=1))
    assert len(await ids(mailroom, status="missed")) == 1
    assert (await found(mailroom, DeadlineFilter()))[0].status == "missed"


async def test_promises_are_filtered_and_the_first_one_due_comes_first(mailroom: Mailroom, other_shop: Shop) -> None:
    later = await promised(mailroom, 2 * HOUR, kind="order_dispatched")
    sooner = await promised(mailroom, HOUR)
    await promised(Mailroom(mailroom.begin, other_shop, mailroom.clock), HOUR)
    await promised(Mailroom(mailroom.begin, mailroom.shop, mailroom.clock, "live"), HOUR)
    now = mailroom.clock.now()
    assert await ids(mailroom) == [f"ddl_{sooner.hex}", f"ddl_{later.hex}"]
    assert await ids(mailroom, kind="order_dispatched") == [f"ddl_{later.hex}"]
    assert await ids(mailroom, due_before=now + 2 * HOUR) == [f"ddl_{sooner.hex}"]
    assert await ids(mailroom, due_after=now + 2 * HOUR) == [f"ddl_{later.hex}"]
    order = await mailroom.value("SELECT order_id FROM deadlines WHERE id = $1", sooner)
    assert await ids(mailroom, order_id=order) == [f"ddl_{sooner.hex}"]


async def test_the_list_goes_on_where_it_stopped_also_among_those_due_at_once(mailroom: Mailroom) -> None:
    made = [await promised(mailroom, HOUR) for _ in range(5)]
    seen: list[object] = []
    window: Window | None = Window(limit=2)
    while window is not None:
        async with mailroom.begin.reading(mailroom.scope) as tx:
            page = await deadlines_page(tx, DeadlineFilter(), window, now=mailroom.clock.now())
        seen += [row.id for row in page.items]
        window = None if page.next_cursor is None else Window(limit=2, after=decode_cursor(page.next_cursor))
    assert seen == sorted(made)


async def test_a_deadline_names_the_order_and_what_it_is_about(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    (one,) = await found(mailroom, DeadlineFilter())
    assert (one.order_id, one.subject_id) == (f"ord_{message.order_id.hex}", f"ord_{message.order_id.hex}")
    assert one.kind == "order_confirmation"
