"""The lines out, without a database: what is read, kept, picked and let go of."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import pytest

from tests.fixtures.lines import FakeSender
from tidings.delivery.ports import ConnectionConfig
from tidings.delivery.switchboard import Switchboard
from tidings.kit.ids import new_id
from tidings.outbox.claim import Route

SHOP = new_id()
EMAIL = Route(SHOP, "test", "email")
SMS = Route(SHOP, "test", "sms")


class Stand:
    """A switchboard, what it may read, and what it has opened."""

    def __init__(self, *, limit: int = 2, keep_seconds: float = 3600) -> None:
        self.connections: list[ConnectionConfig] = []
        self.reads: list[set[UUID]] = []
        self.opened: list[tuple[UUID, int]] = []
        self.senders: dict[tuple[UUID, int], FakeSender] = {}
        self.board = Switchboard(self._read, self._open, limit=limit, keep_seconds=keep_seconds)

    def add(self, channel: str = "email", *, shop: UUID = SHOP) -> ConnectionConfig:
        made = ConnectionConfig(
            new_id(), shop, "test", f"{channel}-{len(self.connections)}", channel, "fake", {}, {}, 1
        )
        self.connections.append(made)
        return made

    async def _read(self, storefronts: Collection[UUID]) -> list[ConnectionConfig]:
        self.reads.append(set(storefronts))
        return [connection for connection in self.connections if connection.storefront_id in storefronts]

    def _open(self, connection: ConnectionConfig) -> FakeSender:
        key = (connection.id, connection.version)
        self.opened.append(key)
        return self.senders.setdefault(key, FakeSender())


@pytest.fixture
def stand() -> Stand:
    return Stand()


async def test_connections_are_read_once_while_they_are_fresh(stand: Stand) -> None:
    stand.add()
    await stand.board.refresh([EMAIL])
    await stand.board.refresh([EMAIL])
    assert (len(stand.reads), len(stand.opened)) == (1, 1)


async def test_a_route_without_a_line_is_looked_for_each_time(stand: Stand) -> None:
    await stand.board.refresh([EMAIL])
    made = stand.add()
    await stand.board.refresh([EMAIL])
    assert [line.connection for line in stand.board.lines(EMAIL)] == [made]


async def test_only_the_storefronts_that_have_work_are_read(stand: Stand) -> None:
    other = Route(new_id(), "test", "email")
    stand.add()
    await stand.board.refresh([EMAIL])
    await stand.board.refresh([EMAIL, other])
    assert stand.reads == [{SHOP}, {other.storefront_id}]
    assert stand.board.lines(EMAIL)


async def test_what_is_aged_is_read_again_and_a_line_that_did_not_change_is_kept() -> None:
    stand = Stand(keep_seconds=0)
    made = stand.add()
    await stand.board.refresh([EMAIL])
    line = stand.board.line(made.id)
    await stand.board.refresh([EMAIL])
    assert len(stand.reads) == 2
    assert stand.board.line(made.id) is line


async def test_a_connection_that_changed_is_opened_anew_and_the_old_one_closed() -> None:
    stand = Stand(keep_seconds=0)
    made = stand.add()
    await stand.board.refresh([EMAIL])
    stand.connections = [replace(made, version=2)]
    await stand.board.refresh([EMAIL])
    assert stand.opened == [(made.id, 1), (made.id, 2)]
    assert (stand.senders[made.id, 1].closed, stand.senders[made.id, 2].closed) == (True, False)


async def test_a_connection_that_went_away_takes_no_more() -> None:
    stand = Stand(keep_seconds=0)
    stand.add()
    await stand.board.refresh([EMAIL])
    stand.connections = []
    await stand.board.refresh([EMAIL])
    assert (list(stand.board.lines(EMAIL)), stand.board.quota(EMAIL)) == ([], 0)


async def test_the_preferred_line_is_picked_until_it_is_full_and_then_the_next(stand: Stand) -> None:
    first, second = stand.add(), stand.add()
    await stand.board.refresh([EMAIL])
    picked = []
    while line := stand.board.pick(EMAIL, ()):
        line.in_flight += 1
        picked.append(line.connection.id)
    assert picked == [first.id] * 2 + [second.id] * 2
    assert stand.board.quota(EMAIL) == 0


async def test_a_line_that_refused_the_message_is_left_out_unless_all_have(stand: Stand) -> None:
    first, second = stand.add(), stand.add()
    await stand.board.refresh([EMAIL])
    line = stand.board.pick(EMAIL, {str(first.id)})
    assert line is not None
    assert line.connection.id == second.id
    again = stand.board.pick(EMAIL, {str(first.id), str(second.id)})
    assert again is not None
    assert again.connection.id == first.id


async def test_a_willing_line_that_is_full_is_waited_for(stand: Stand) -> None:
    first, second = stand.add(), stand.add()
    await stand.board.refresh([EMAIL])
    line = stand.board.line(second.id)
    assert line is not None
    line.in_flight = 2
    assert stand.board.pick(EMAIL, {str(first.id)}) is None


async def test_the_quota_is_what_all_lines_can_still_carry(stand: Stand) -> None:
    made = [stand.add(), stand.add()]
    await stand.board.refresh([EMAIL])
    assert stand.board.quota(EMAIL) == 4
    line = stand.board.line(made[0].id)
    assert line is not None
    line.in_flight = 5
    assert stand.board.quota(EMAIL) == 2


async def test_the_next_step_of_a_plan_is_the_next_channel_that_has_a_line(stand: Stand) -> None:
    stand.add("sms")
    await stand.board.refresh([EMAIL, SMS])
    plan = [{"channel": "email"}, {"channel": "push"}, {"channel": "sms"}]
    assert stand.board.first_step(SHOP, "test", plan, after=0) == 2
    assert stand.board.first_step(SHOP, "test", plan, after=2) is None
    assert stand.board.first_step(SHOP, "live", plan, after=0) is None


async def test_a_halted_connection_is_used_no_more_and_the_others_are(stand: Stand) -> None:
    first, second = stand.add(), stand.add()
    await stand.board.refresh([EMAIL])
    stand.board.halt(first.id)
    assert [line.connection for line in stand.board.lines(EMAIL)] == [second]


async def test_closing_lets_go_of_every_line(stand: Stand) -> None:
    stand.add()
    stand.add("sms")
    await stand.board.refresh([EMAIL, SMS])
    await stand.board.close()
    assert all(sender.closed for sender in stand.senders.values())
    assert not stand.board.lines(EMAIL)


async def test_a_route_has_room_while_half_of_its_places_are_free(stand: Stand) -> None:
    stand.add()
    await stand.board.refresh([EMAIL])
    (line,) = stand.board.lines(EMAIL)
    assert [stand.board.has_room(EMAIL) for line.in_flight in (0, 1, 2)] == [True, True, False]
    assert stand.board.has_room(SMS), "nobody waits for a line that is not there"


async def test_only_lines_that_have_answered_are_counted_on(stand: Stand) -> None:
    stand.add()
    await stand.board.refresh([EMAIL])
    (line,) = stand.board.lines(EMAIL)
    assert stand.board.capacity(EMAIL) == 0
    line.has_answered = True
    assert stand.board.capacity(EMAIL) == 2
