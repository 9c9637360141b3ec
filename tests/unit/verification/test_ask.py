from collections.abc import Collection
from typing import Any
from uuid import UUID

from tidings.kit.scope import Scope
from tidings.verification.ask import DEAF_AFTER, REST_SECONDS, Asking
from tidings.verification.ports import ConnectionConfig, Passed, Question, Silent, Verdict

SHOP = UUID(int=7)
LIVE = Scope(SHOP, "live")
QUESTION = Question("stock", "chk_1", "ord_1", "1", 100, "EUR", "card", None, None, ())


def connection(number: int, **more: Any) -> ConnectionConfig:
    usual: dict[str, Any] = {
        "id": UUID(int=number), "storefront_id": SHOP, "mode": "live", "name": str(number), "channel": "stock",
        "provider": "http", "settings": {}, "secrets": {}, "version": 1,
    }  # fmt: skip
    return ConnectionConfig(**usual | more)


class Desk:
    """Verifiers that answer as they are told, and who was asked."""

    def __init__(self, *connections: ConnectionConfig) -> None:
        self.connections = list(connections)
        self.answer: Verdict = Passed()
        self.asked: list[int] = []
        self.now = 0.0
        self.asking = Asking(self.read, lambda connection: Verifier(self, connection), lambda: self.now)

    async def read(self, _: Collection[UUID]) -> list[ConnectionConfig]:
        return self.connections

    async def ask(self, scope: Scope = LIVE, turn: int = 0) -> Verdict | None:
        return await self.asking.ask(scope, QUESTION, turn)


class Verifier:
    def __init__(self, desk: Desk, connection: ConnectionConfig) -> None:
        self.desk, self.connection = desk, connection

    async def verify(self, question: Question) -> Verdict:
        assert question == QUESTION
        self.desk.asked.append(self.connection.id.int)
        return self.desk.answer

    async def close(self) -> None:
        """Nothing is held open."""


async def test_the_preferred_one_is_asked_first_and_then_the_next() -> None:
    desk = Desk(connection(1), connection(2))
    for turn in range(3):
        await desk.ask(turn=turn)
    assert desk.asked == [1, 2, 1]


async def test_only_the_channel_of_the_check_and_the_mode_of_the_order_are_asked() -> None:
    desk = Desk(connection(1, channel="payment"), connection(2, mode="test"), connection(3))
    await desk.ask()
    assert desk.asked == [3]


async def test_test_mode_reaches_no_other_provider_than_the_sandbox() -> None:
    desk = Desk(connection(1, mode="test"), connection(2, mode="test", provider="sandbox"))
    await desk.ask(Scope(SHOP, "test"))
    assert desk.asked == [2]


async def test_where_there_is_nobody_to_ask_asking_again_is_pointless() -> None:
    verdict = await Desk().ask()
    assert verdict == Silent("there is no connection of the channel stock", misconfigured=True)


async def test_one_that_is_deaf_again_and_again_is_left_alone_for_a_while() -> None:
    desk = Desk(connection(1))
    desk.answer = Silent("nothing")
    verdicts = [await desk.ask() for _ in range(DEAF_AFTER + 2)]
    assert verdicts == [Silent("nothing")] * DEAF_AFTER + [None] * 2
    desk.now = REST_SECONDS
    # Still deaf, still left alone; and one answer is enough.
    assert [await desk.ask() for _ in range(2)] == [Silent("nothing"), None]
    desk.now, desk.answer = REST_SECONDS * 2, Passed()
    assert [await desk.ask() for _ in range(2)] == [Passed(), Passed()]


async def test_one_that_was_mended_is_asked_at_once() -> None:
    desk = Desk(connection(1))
    desk.answer = Silent("nothing")
    for _ in range(DEAF_AFTER):
        await desk.ask()
    desk.connections = [connection(1, version=2)]
    assert await desk.ask() == Silent("nothing")
