"""A sample order's story, and when it is at its end."""

import asyncio
from typing import Any

import pytest

from tidings.cli.dev.shop import Placed, StepFailed
from tidings.cli.dev.story import Plot, Story, broken, has_ended, missing, tell_all

MILESTONES = ("order_confirmation", "order_dispatched")


def message(milestone: str, status: str = "delivered") -> dict[str, Any]:
    return {"id": "msg_1", "milestone": milestone, "channel": "email", "status": status}


def deadline(status: str = "met") -> dict[str, Any]:
    at = "2026-11-23T10:00:00+00:00"
    kept = {"due_at": at, "met_at": at, "met_by": "msg_1"}
    return {"id": "ddl_1", "kind": "order_confirmation", "subject_id": "ord_1", "status": status} | kept


class FakeShop:
    """Notes down every step; messages and promises end as it is told."""

    base_url = "http://shop.test"

    def __init__(self, status: str = "delivered", *, promise: str = "met", fails_at: str | None = None) -> None:
        self.steps: list[str] = []
        self.status = status
        self.promise = promise
        self.fails_at = fails_at

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.fails_at:
            raise StepFailed(f"{name} was answered 500")

    async def stock_up(self) -> None:
        self._step("stock up")

    async def place(self, channel: str) -> Placed:
        self._step(f"place {channel}")
        return Placed("ord_1", "T-1")

    async def ship(self, order: Placed) -> str:
        self._step("ship")
        return "shp_1"

    async def read(self, order: Placed) -> dict[str, Any]:
        return {"status": "shipped" if "ship" in self.steps else "received"}

    async def timeline(self, order: Placed) -> list[dict[str, Any]]:
        happened = {"at": "2026-11-23T10:00:00+00:00", "kind": "order.placed", "actor": "demo", "data": {"lines": 2}}
        return [happened]

    async def messages(self, order: Placed) -> list[dict[str, Any]]:
        return [message(milestone, self.status) for milestone in MILESTONES[: 1 + ("ship" in self.steps)]]

    async def deadlines(self, order: Placed) -> list[dict[str, Any]]:
        return [deadline(self.promise)]


async def walk(story: Story) -> None:
    await story.reached("order_confirmation")
    await story.shop.ship(story.order)
    await story.became("shipped")
    await story.reached("order_dispatched")


PLOT = Plot("email", MILESTONES, walk, "has left.")


def story(shop: FakeShop, plot: Plot = PLOT) -> Story:
    return Story(shop, plot, patience_seconds=0.05)  # type: ignore[arg-type]


async def test_an_order_goes_all_the_way_and_says_so(capsys: pytest.CaptureFixture[str]):
    shop = FakeShop()
    assert await story(shop).tell()
    assert shop.steps == ["place email", "ship"]
    said = capsys.readouterr().out
    assert "Sample order T-1, for a customer who prefers email" in said
    assert "http://shop.test/v1/orders/ord_1/timeline" in said
    assert said.count("order.placed") == 1
    assert "promise met          order_confirmation promised by" in said
    assert "Order T-1 has left." in said


async def test_where_stock_is_kept_it_comes_in_first():
    shop = FakeShop()
    assert await story(shop, Plot("sms", MILESTONES, walk, "has left.", is_stocked=True)).tell()
    assert shop.steps[:2] == ["stock up", "place sms"]


async def test_a_message_that_does_not_arrive_is_named(capsys: pytest.CaptureFixture[str]):
    assert not await story(FakeShop("sent")).tell()
    said = capsys.readouterr().err
    assert "Order T-1 did not reach all of its final receipts:" in said
    assert "order_confirmation by email is sent (msg_1)" in said


async def test_a_promise_that_is_not_kept_is_named(capsys: pytest.CaptureFixture[str]):
    assert not await story(FakeShop(promise="missed")).tell()
    assert "the promise of order_confirmation about ord_1 is missed (ddl_1)" in capsys.readouterr().err


async def test_a_step_that_fails_ends_the_story(capsys: pytest.CaptureFixture[str]):
    assert not await story(FakeShop(fails_at="ship")).tell()
    assert "ship was answered 500" in capsys.readouterr().err


async def test_an_order_that_does_not_get_there_ends_the_story(capsys: pytest.CaptureFixture[str]):
    async def waits(told: Story) -> None:
        await told.became("processing")

    assert not await story(FakeShop(), Plot("email", (), waits, "is done.")).tell()
    assert "order T-1: it did not become processing" in capsys.readouterr().err


async def test_without_an_order_there_is_no_story():
    with pytest.raises(StepFailed, match="there is no order yet"):
        await story(FakeShop()).reached("order_confirmation")


async def test_stories_are_told_side_by_side_and_all_must_arrive():
    assert await tell_all([story(FakeShop()), story(FakeShop())], asyncio.Event())
    assert not await tell_all([story(FakeShop()), story(FakeShop("failed"))], asyncio.Event())


async def test_told_to_stop_nobody_waits_for_the_rest():
    stop = asyncio.Event()
    unending = Story(FakeShop("sending"), PLOT, patience_seconds=60)  # type: ignore[arg-type]
    asyncio.get_running_loop().call_later(0.05, stop.set)
    async with asyncio.timeout(5):
        assert not await tell_all([unending], stop)


@pytest.mark.parametrize("status", ["delivered", "failed", "superseded", "suppressed", "cancelled"])
def test_a_milestone_has_ended_when_all_of_its_messages_have(status: str):
    assert has_ended([message("order_dispatched", status), message("order_confirmation", "sent")], "order_dispatched")


def test_a_milestone_that_nothing_is_owed_for_has_not_ended():
    assert not has_ended([], "order_dispatched")
    assert not has_ended([message("order_dispatched", "sent")], "order_dispatched")
    assert not has_ended([message("order_dispatched")], "order_dispatched", times=2)


def test_what_was_never_owed_is_missing_too():
    assert missing([message(milestone) for milestone in MILESTONES], MILESTONES) == []
    assert missing([message("order_confirmation")], MILESTONES) == ["order_dispatched was never owed"]


def test_every_promise_must_be_kept_and_some_must_be_made():
    assert broken([deadline()]) == []
    assert broken([]) == ["nothing was promised"]
    assert broken([deadline(), deadline("running")]) == [
        "the promise of order_confirmation about ord_1 is running (ddl_1)"
    ]
