from collections.abc import Collection, Sequence
from uuid import UUID

from tidings.changes.ports import ConnectionConfig, RefundAsked, RefundOutcome, RefundRefused
from tidings.changes.refunders import Refunders
from tidings.kit.scope import Scope

SHOP = UUID(int=1)


class Nobody:
    def __init__(self) -> None:
        self.closed = 0

    async def refund(self, asked: RefundAsked) -> RefundOutcome:
        return RefundRefused(asked.refund_id)

    async def close(self) -> None:
        self.closed += 1


def connection(provider: str, mode: str = "live", channel: str = "payment") -> ConnectionConfig:
    return ConnectionConfig(UUID(int=2), SHOP, mode, provider, channel, provider, {}, {}, 1)  # type: ignore[arg-type]


async def read(_: Collection[UUID]) -> Sequence[ConnectionConfig]:
    return [connection("sms", channel="sms"), connection("stripe", "test"), connection("checker"), connection("stripe")]


async def test_the_first_that_serves_and_can_pay_is_opened_and_closed() -> None:
    nobody, opened = Nobody(), []

    def open_refunder(config: ConnectionConfig) -> Nobody | None:
        opened.append((config.provider, config.mode))
        return None if config.provider == "checker" else nobody

    refunders = Refunders(read, open_refunder)
    async with refunders.of(Scope(SHOP, "live"), lambda _: True) as refunder:
        assert refunder is nobody
    assert (opened, nobody.closed) == ([("checker", "live"), ("stripe", "live")], 1)
    async with refunders.of(Scope(SHOP, "live"), lambda name: name == "paypal") as refunder:
        assert refunder is None
