"""A shop in which everything succeeds at once, to see which steps a story takes."""

from collections.abc import Awaitable, Callable
from typing import Any

from tidings.cli.dev.shop import Placed
from tidings.cli.dev.story import Plot, Story


class Whatever:
    """Equal to anything: the order stands as it is wished to."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class WillingShop:
    """Notes down what is done, in words."""

    base_url = "http://shop.test"

    def __init__(self, told: tuple[str, ...]) -> None:
        self.told = told
        self.steps: list[str] = []

    async def place(self, channel: str) -> Placed:
        self.steps.append(f"place {channel}")
        return Placed("ord_1", "T-1")

    async def messages(self, order: Placed) -> list[dict[str, Any]]:
        content = {"text": "How was it? http://shop.test/f/to.ken-1"}
        return [
            {"milestone": milestone, "status": "delivered", "channel": "email", "content": content}
            for milestone in self.told * 2
        ]

    async def read(self, order: Placed) -> dict[str, Any]:
        return {"status": Whatever()}

    async def timeline(self, order: Placed) -> list[dict[str, Any]]:
        return []

    async def deadlines(self, order: Placed) -> list[dict[str, Any]]:
        at = "2026-11-23T10:00:00+00:00"
        return [{"kind": "order_confirmation", "status": "met", "due_at": at, "met_at": at, "met_by": "msg_1"}]

    async def refunds(self, order: Placed) -> list[dict[str, Any]]:
        return [{"status": "succeeded"}]

    async def documents(self, order: Placed) -> list[dict[str, Any]]:
        return [{"kind": "invoice", "is_whole": True}]

    async def ratings(self, order: Placed) -> list[int]:
        return [5]

    def __getattr__(self, step: str) -> Callable[..., Awaitable[str]]:
        async def done(*what: object, **more: object) -> str:
            words = [*(thing for thing in what if isinstance(thing, str | tuple)), *more.values()]
            self.steps.append(" ".join([step, *map(str, words)]))
            return f"{step}-{len(self.steps)}"

        return done


async def steps_of(plot: Plot) -> list[str]:
    """What is done in a story that goes well."""
    shop = WillingShop(plot.told)
    assert await Story(shop, plot, patience_seconds=0.05).tell()  # type: ignore[arg-type]
    return shop.steps
