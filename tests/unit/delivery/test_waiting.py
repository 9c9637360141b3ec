"""Who leaves the waiting room, and when."""

from datetime import timedelta
from itertools import islice
from uuid import UUID

from tests.clock import FixedClock
from tidings.delivery.claim import Claimed
from tidings.delivery.waiting import WaitingRoom
from tidings.kit.ids import new_id
from tidings.outbox.claim import Route

NOW = FixedClock().now()
HERE, THERE = new_id(), new_id()
EMAILS = Route(HERE, "test", "email")


def message(shop: UUID = HERE, *, priority: int = 5) -> Claimed:
    return Claimed(
        storefront_id=shop, order_id=new_id(), id=new_id(), token=new_id(), mode="test", milestone="m",
        dedupe_key="m:o:1", priority=priority, plan=[], step=0, channel="email", recipient="a@b.test", attempts=0,
        tries=0, refused_by=frozenset(), locale="en", time_zone="UTC", created_at=NOW,
        valid_until=NOW + timedelta(hours=1), trace=None, snapshot="{}", content=None, suppressed=None, last=None,
    )  # fmt: skip


def taken(room: WaitingRoom, most: int = 99, shut: Route | None = None) -> list[Claimed]:
    return [waiting.claimed for waiting in islice(room.take(lambda route: route != shut), most)]


def test_the_most_urgent_leaves_first_and_then_who_came_first() -> None:
    room = WaitingRoom()
    first, second, urgent = message(), message(), message(priority=1)
    room.put([first, second], 9)
    room.put([urgent], 9)
    assert taken(room) == [urgent, first, second]
    assert (len(room), room.of(EMAILS)) == (0, 0)


def test_routes_take_turns_from_one_taking_to_the_next() -> None:
    room = WaitingRoom()
    ours, theirs = [message() for _ in range(4)], [message(THERE) for _ in range(2)]
    room.put(ours, 9)
    room.put(theirs, 9)
    assert taken(room, 1) == [ours[0]]
    assert taken(room, 2) == [theirs[0], ours[1]]
    assert taken(room) == [theirs[1], ours[2], ours[3]]


def test_a_route_that_cannot_go_keeps_its_messages_and_holds_nobody_up() -> None:
    room = WaitingRoom()
    ours, theirs = message(), message(THERE)
    room.put([ours, theirs], 9)
    assert taken(room, shut=EMAILS) == [theirs]
    assert (len(room), room.of(EMAILS)) == (1, 1)


def test_who_has_waited_too_long_is_taken_out() -> None:
    room = WaitingRoom()
    late, fresh = message(), message()
    room.put([late], 1.0)
    room.put([fresh], 2.0)
    assert room.late(1.0) == [late]
    assert (len(room), room.late(1.5)) == (1, [])
    assert room.clear() == [fresh]
    assert len(room) == 0
