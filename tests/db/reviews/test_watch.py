"""A review is opened by each change of the procedure and yearly, found from the facts, once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.db.reviews.board import DAY, Board
from tests.fixtures.facts import told
from tests.fixtures.rules import rule
from tests.fixtures.shop import Shop, open_shop
from tidings.kit.ids import wire
from tidings.kit.scope import Scope
from tidings.reviews import watch
from tidings.reviews.watch import look_for_causes, watch_reviews
from tidings.storefronts.change import change_storefront
from tidings.storefronts.schemas import StorefrontChange


async def test_a_change_of_policy_opens_one_with_all_that_follows(board: Board) -> None:
    await board.policy(completes_after_days=7)
    assert await board.look() == 1
    (review,) = await board.reviews()
    assert (review["status"], review["opened_by"], review["owner"]) == ("open", "system", "staff/anna")
    assert (review["opened_at"], review["due_at"]) == (board.now, board.now + 30 * DAY)
    assert await board.causes() == [("policy", {"version": 2})]
    assert await board.events() == ["review.opened"]
    (record,) = await board.records()
    subject = await board.wire_id()
    assert (record["kind"], record["subject"], record["actor"]) == ("review.opened", subject, "system")
    assert record["order_id"] == board.shop.id, "about no order"
    (task,) = await board.tasks()
    assert (task["kind"], task["status"], task["owner"], task["mode"]) == ("hold_review", "open", "staff/anna", "live")
    assert (task["due_at"], task["data"]) == (review["due_at"], {"review": subject, "causes": ["policy"]})
    assert await board.mails() == [("desk@shop.test", 1)]


async def test_a_change_of_the_calendar_or_of_the_zone_opens_one(board: Board) -> None:
    await board.calendar(hours={"mon": [["09:00", "17:00"]]})
    await board.look()
    assert await board.causes() == [("calendar", {"version": 2})]
    await board.conclude()
    await board.calendar(time_zone="Europe/Vienna")
    await board.look()
    assert await board.causes() == [("calendar", {"version": 2}), ("calendar", {"version": 3})]
    assert len(await board.reviews()) == 2


async def test_a_published_template_opens_one(board: Board) -> None:
    await board.publish(milestone="order_dispatched", locale="de", version=2, author="staff/eve")
    assert await board.look() == 1
    assert await board.causes() == [("template", {"milestone": "order_dispatched", "locale": "de", "version": 2})]


async def test_one_that_is_taken_back_opens_one_and_one_that_was_replaced_does_not(board: Board) -> None:
    await board.publish("template.retired", "test", milestone="order_dispatched", version=2, replaced_by="tpl_2")
    assert await board.look() == 0
    await board.publish("template.retired", "test", milestone="order_dispatched", version=3, was="published")
    assert await board.look() == 1
    assert await board.causes() == [("template", {"milestone": "order_dispatched", "version": 3, "mode": "test"})]


async def test_another_table_of_milestones_opens_one_and_one_that_was_known_does_not(board: Board) -> None:
    board.table = "another table"
    assert await board.look() == 1
    assert await board.causes() == [("milestones", {"digest": "another table"})]
    # While a deployment goes on, workers with the old one look, too.
    for table in ("the table as it was", "another table") * 2:
        board.table = table
        assert await board.look() == 0
    assert await board.kinds() == ["milestones"]


async def test_what_is_no_part_of_the_procedure_opens_none(board: Board) -> None:
    async with board.begin(Scope(board.shop.id, "live")) as tx:
        change = StorefrontChange(name="Another name")
        await change_storefront(tx, change, actor="staff/anna", now=board.now)
    assert await board.look() == 0
    assert await board.reviews() == []


async def test_several_causes_open_one_and_later_ones_join_it(board: Board) -> None:
    await board.policy(completes_after_days=7)
    await board.calendar(hours={"mon": [["09:00", "17:00"]]})
    assert await board.look() == 1
    board.clock.advance(DAY)
    await board.publish(milestone="order_dispatched", version=2)
    assert await board.look() == 1
    (review,) = await board.reviews()
    assert review["due_at"] == board.now + 29 * DAY, "the clock does not start anew"
    assert await board.kinds() == ["policy", "calendar", "template"]
    assert await board.events() == ["review.opened", "review.joined"]
    assert [mail for mail, _ in await board.mails()] == ["desk@shop.test"], "who holds it finds what joined with it"
    (task,) = await board.tasks()
    assert task["data"]["causes"] == ["policy", "calendar", "template"]


async def test_nothing_is_found_twice(board: Board) -> None:
    await board.policy(completes_after_days=7)
    assert await board.look() == 1
    assert await board.look() == 0
    await board.conclude()
    assert await board.look() == 0
    assert await board.kinds() == ["policy"]


async def test_two_workers_open_one(board: Board) -> None:
    await board.policy(completes_after_days=7)
    board.table = "another table"
    looks = await asyncio.gather(*(board.look() for _ in range(4)))
    assert sum(looks) == 1
    assert len(await board.reviews()) == 1
    assert await board.kinds() == ["policy", "milestones"]
    assert len(await board.mails()) == len(await board.tasks()) == 1


async def test_a_worker_that_dies_in_between_has_changed_nothing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """At whichever step of the transaction: the next look finds it whole."""

    async def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    await board.policy(completes_after_days=7)
    for step in ("found_since", "open_review", "_move_on"):
        with monkeypatch.context() as broken:
            broken.setattr(watch, step, dies)
            with pytest.raises(KeyboardInterrupt):
                await board.look()
        assert await board.reviews() == []
        assert await board.events() == await board.records() == await board.tasks() == await board.mails() == []
    assert await board.look() == 1
    assert await board.kinds() == ["policy"]


async def test_one_shop_that_cannot_be_looked_at_keeps_the_others_from_nothing(
    board: Board, other_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await board.policy(completes_after_days=7)
    look_at = watch._look_at

    async def stumbles(tx, now, digest):
        if tx.scope.storefront_id != board.shop.id:
            raise ValueError
        return await look_at(tx, now, digest)

    monkeypatch.setattr(watch, "_look_at", stumbles)
    assert await board.look() == 1


async def test_a_change_that_commits_late_is_not_missed(board: Board) -> None:
    """Its record has an older transaction than one that was seen."""
    async with board.begin(Scope(board.shop.id, "live")) as slow:
        await slow.raw.execute(
            "INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data) "
            "VALUES ($1, $1, gen_random_uuid(), NULL, 'template.published', 'tpl_1', 'x', $2, '{\"version\": 9}')",
            board.shop.id,
            board.now,
        )
        await board.policy(completes_after_days=7)
        assert await board.look() == 0, "what stands behind a running transaction waits for it"
    assert await board.look() == 1
    assert sorted(await board.kinds()) == ["policy", "template"]


async def test_each_year_has_its_review_leap_day_or_not(board: Board) -> None:
    """Three years with the clock in the hand, from a shop that was opened on 29 February."""
    board.clock.set(datetime(2028, 2, 29, 9, 30, tzinfo=UTC))
    board.shop = await open_shop(board.begin, board.clock, "leapyear")
    await board.look()
    assert await board.reviews() == []
    for year, until in ((2029, "2029-02-28"), (2030, "2030-02-28"), (2031, "2031-02-28")):
        due = datetime(year, 2, 28, 9, 30, tzinfo=UTC)
        board.clock.set(due - timedelta(seconds=1))
        await board.look()
        assert len(await board.reviews()) == year - 2029, until
        board.clock.set(due)
        # The other shop has its year, too.
        assert await board.look() >= 1
        assert await board.look() == 0
        review = (await board.reviews())[-1]
        assert (review["opened_at"], review["status"]) == (due, "open")
        assert (await board.causes())[-1] == ("yearly", {})
        board.clock.advance(10 * DAY)
        await board.conclude()
    assert len(await board.reviews()) == 3
    assert await board.events() == ["review.opened", "review.concluded"] * 3


async def test_a_year_counts_from_the_last_review_whatever_it_was_opened_by(board: Board) -> None:
    board.clock.advance(100 * DAY)
    await board.policy(completes_after_days=7)
    await board.look()
    await board.conclude()
    # The shop's own anniversary passes.
    board.clock.advance(364 * DAY)
    assert await board.look() == 0
    # A year later, whether or not it has a leap day.
    board.clock.advance(2 * DAY)
    assert await board.look() == 1
    assert await board.kinds() == ["policy", "yearly"]


async def test_a_year_that_passes_while_one_is_open_joins_it(board: Board) -> None:
    await board.policy(completes_after_days=7)
    await board.look()
    board.clock.advance(367 * DAY)
    assert await board.look() == 1
    assert await board.kinds() == ["policy", "yearly"]
    assert len(await board.reviews()) == 1


async def test_years_in_which_nobody_looked_are_one_cause(board: Board) -> None:
    board.clock.advance(4 * 365 * DAY)
    assert await board.look() == 1
    assert await board.kinds() == ["yearly"]


async def test_it_looks_again_and_again(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_LOOK_EVERY", timedelta(milliseconds=5))
    await board.policy(completes_after_days=7)
    task = asyncio.get_running_loop().create_task(watch_reviews(board.worker_begin, board.clock))
    try:
        while await board.events() != ["review.opened"]:
            await asyncio.sleep(0.01)
        board.clock.advance(31 * DAY)
        while (await board.events())[-1] != "review.missed":
            await asyncio.sleep(0.01)
    finally:
        task.cancel()


async def test_without_an_address_or_an_owner_there_is_a_task_all_the_same(board: Board) -> None:
    await rule(board.begin, board.shop)
    await board.policy(completes_after_days=7)
    await board.look()
    assert await board.mails() == []
    assert [(task["kind"], task["owner"]) for task in await board.tasks()] == [("hold_review", None)]


async def test_each_shop_has_its_own(board: Board, other_shop: Shop) -> None:
    await board.policy(completes_after_days=7)
    assert await look_for_causes(board.worker_begin, board.now, digest=board.table) == 1
    rows = await told(board.begin, "SELECT storefront_id FROM reviews ORDER BY id")
    assert [wire("stf", row["storefront_id"]) for row in rows] == [wire("stf", board.shop.id)]
