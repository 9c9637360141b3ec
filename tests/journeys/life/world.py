"""What the random lives are lived in: the application, its worker, the clock; and what one shop of it looks like."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import httpx

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.described import described
from tests.fixtures.errands import Errands
from tests.fixtures.shop import Shop, open_shop
from tidings.kit.db import Begin
from tidings.orders.states import NEXT, OrderStatus

T = TypeVar("T")

# Parcels may leave.
SHIPPABLE = frozenset({"processing", "partially_shipped", "partially_delivered"})

# A step takes milliseconds: longer than this, and something has got stuck.
_LONGEST_SECONDS = 20


@dataclass
class World:
    """Everything that one test has, for many lives."""

    loop: asyncio.AbstractEventLoop
    clients: Clients
    begin: Begin
    clock: FixedClock
    errands: Errands
    # Looks at the promises: warns, misses, hands on.
    sweep: Callable[[], Awaitable[object]]
    lives: int = 0

    def __post_init__(self) -> None:
        self.starts_at = self.clock.now()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Have it done on the test's loop; the machine runs in a thread of its own."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(_LONGEST_SECONDS)

    async def opened(self, policy: dict[str, Any]) -> tuple[Shop, httpx.AsyncClient]:
        """A new shop with this policy, and a client of it."""
        self.lives += 1
        self.clock.set(self.starts_at)
        shop = await open_shop(self.begin, self.clock, f"life-{self.lives}")
        async with self.begin.across() as tx:
            await tx.raw.execute(
                "UPDATE storefronts SET policy = $2::text::jsonb WHERE id = $1", shop.id, json.dumps(policy)
            )
        return shop, await self.clients.with_key(shop.test_key)


@dataclass
class Seen:
    """An order as it stood when it was last looked at."""

    id: str
    status: OrderStatus | None = None
    on_hold: bool = False
    version: int = 1
    # Each with how it stands; a request also with who put it in.
    requests: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, str] = field(default_factory=dict)
    parcels: list[str] = field(default_factory=list)

    def look(self, row: Mapping[str, Any]) -> None:
        """As it stands now."""
        self.status, self.on_hold, self.version = row["status"], row["on_hold"], row["version"]
        self.requests, self.refunds = (json.loads(row[name] or "{}") for name in ("requests", "refunds"))

    @property
    def etag(self) -> str:
        """What `If-Match` wants."""
        return f'"{self.version}"'

    @property
    def goes_on(self) -> bool:
        """Something comes next, and nothing holds it."""
        return not self.on_hold and self.status in SHIPPABLE | {"received", "shipped"}

    @property
    def has_ended(self) -> bool:
        """Nothing follows any more."""
        return self.status is not None and not NEXT[self.status]


@cache
def reachable(status: OrderStatus) -> frozenset[OrderStatus]:
    """Where an order of this status can be after any number of moves, itself included."""
    found, new = {status}, {status}
    while new:
        new = {there for here in new for there in NEXT[here]} - found
        found |= new
    return frozenset(found)


@cache
def operations() -> dict[str, dict[str, Any]]:
    """The paths of the document."""
    paths: dict[str, dict[str, Any]] = described()["paths"]
    return paths


@cache
def declared(method: str, path: str) -> tuple[frozenset[str], str]:
    """The statuses that an operation may answer, and all else that is said of its answers."""
    answers = operations()[path][method.lower()]["responses"]
    return frozenset(answers), json.dumps(answers)


def assert_declared(method: str, path: str, answer: httpx.Response) -> None:
    """Whatever was answered is something that the document says."""
    statuses, said = declared(method, path)
    told = f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}"
    assert answer.status_code < 500, told
    assert str(answer.status_code) in statuses, told
    if answer.is_error:
        assert answer.headers["content-type"] == "application/problem+json", told
        assert answer.json()["type"] in said, told
