"""What is printed of a sample order, and when its story is at its end."""

import asyncio
from typing import Any

import pytest

from tidings.cli.dev.shop import Placed, StepFailed
from tidings.cli.dev.story import Story, has_ended, line, missing, particulars, tell_all

MILESTONES = ("order_confirmation", "order_dispatched", "order_delivered")


def message(milestone: str, status: str = "delivered") -> dict[str, Any]:
    return {"id": "msg_1", "milestone": milestone, "channel": "email", "status": status}


class Counter:
    """A shop over which every step is noted down; messages end as it is told."""

    base_url = "http://shop.test"

    def __init__(self, status: str = "delivered", *, fails_at: str | None = None) -> None:
        self.steps: list[str] = []
        self.status = status
        self.fails_at = fails_at

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.fails_at:
            raise StepFailed(f"{name} was answered 500")

    async def place(self, channel: str) -> Placed:
        self._step("place")
        return Placed("ord_1", "T-1")

    async def check(self, order: Placed) -> None:
        self._step("check")

    async def ship(self, order: Placed) -> str:
        self._step("ship")
        return "shp_1"

    async def deliver(self, shipment_id: str) -> None:
        self._step("deliver")

    async def timeline(self, order: Placed) -> list[dict[str, Any]]:
        happened = {"at": "2026-11-23T10:00:00+00:00", "kind": "order.placed", "actor": "demo", "data": {"lines": 2}}
        return [happened]

    async def messages(self, order: Placed) -> list[dict[str, Any]]:
        owed = 1 + ("ship" in self.steps) + ("deliver" in self.steps)
        return [message(milestone, self.status) for milestone in MILESTONES[:owed]]


def story(counter: Counter) -> Story:
    return Story(counter, "email", patience_seconds=0.05)  # type: ignore[arg-type]


async def test_an_order_goes_all_the_way_and_says_so(capsys: pytest.CaptureFixture[str]):
    counter = Counter()
    assert await story(counter).tell()
    assert counter.steps == ["place", "check", "ship", "deliver"]
    said = capsys.readouterr().out
    assert "http://shop.test/v1/orders/ord_1/timeline" in said
    assert said.count("order.placed") == 1
    assert "Order T-1 has arrived, and so have its messages." in said


async def test_a_message_that_does_not_arrive_is_named(capsys: pytest.CaptureFixture[str]):
    assert not await story(Counter("sent")).tell()
    said = capsys.readouterr().err
    assert "Order T-1 did not reach all of its final receipts:" in said
    assert "order_confirmation by email is sent (msg_1)" in said


async def test_a_step_that_fails_ends_the_story(capsys: pytest.CaptureFixture[str]):
    assert not await story(Counter(fails_at="ship")).tell()
    assert "ship was answered 500" in capsys.readouterr().err


async def test_stories_are_told_side_by_side_and_all_must_arrive():
    assert await tell_all([story(Counter()), story(Counter())], asyncio.Event())
    assert not await tell_all([story(Counter()), story(Counter("failed"))], asyncio.Event())


async def test_told_to_stop_nobody_waits_for_the_rest():
    stop = asyncio.Event()
    unending = Story(Counter("sending"), "email", patience_seconds=60)  # type: ignore[arg-type]
    asyncio.get_running_loop().call_later(0.05, stop.set)
    async with asyncio.timeout(5):
        assert not await tell_all([unending], stop)


@pytest.mark.parametrize("status", ["delivered", "failed", "superseded", "suppressed", "cancelled"])
def test_a_milestone_has_ended_when_all_of_its_messages_have(status: str):
    assert has_ended([message("order_dispatched", status), message("order_confirmation", "sent")], "order_dispatched")


def test_a_milestone_that_nothing_is_owed_for_has_not_ended():
    assert not has_ended([], "order_dispatched")
    assert not has_ended([message("order_dispatched", "sent")], "order_dispatched")


def test_what_was_never_owed_is_missing_too():
    assert missing([message(milestone) for milestone in MILESTONES]) == []
    assert missing([message("order_confirmation"), message("order_dispatched")]) == ["order_delivered was never owed"]


def test_a_happening_is_one_line():
    happened = {
        "at": "2026-11-23T10:00:00.042000+00:00",
        "kind": "order.placed",
        "actor": "demo",
        "data": {"order_seq": 1, "carrier": None, "lines": 2, "messages": [{"milestone": "order_confirmation"}]},
    }
    printed = line("T-1", happened)
    assert printed.endswith("order.placed         demo lines=2 owes=order_confirmation")
    assert ":00.042" in printed
    assert particulars(happened | {"data": {}}) == "demo"
