"""The ground of every random life: steps are calls, and after each of them everything that must hold is asked."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.fixtures.shop import Shop
from tests.journeys.life.invariants import broken
from tests.journeys.life.transitions import illegal_moves
from tests.journeys.life.wares import ARTICLES
from tests.journeys.life.world import Seen, World, assert_declared, reachable

T = TypeVar("T")

# Which of the things there are: more than there ever are, and taken modulo.
WHICH = st.integers(0, 59)

_HEADERS = {"actor": "Tidings-Actor", "etag": "If-Match", "prefer": "Prefer", "key": "Idempotency-Key"}

# In an order that is the same whenever the same has been done: hypothesis must be able to do it again.
_LOOK = """
SELECT 'ord_' || replace(o.id::text, '-', '') AS id, o.status, o.on_hold, o.version,
       (SELECT json_object_agg('chg_' || replace(c.id::text, '-', ''), c.status || ' ' || c.actor ORDER BY c.id)
        FROM change_requests c WHERE c.storefront_id = $1 AND c.order_id = o.id)::text AS requests,
       (SELECT json_object_agg('rfd_' || replace(r.id::text, '-', ''), r.status ORDER BY r.id)
        FROM refunds r WHERE r.storefront_id = $1 AND r.order_id = o.id)::text AS refunds
FROM orders o WHERE o.storefront_id = $1 ORDER BY length(o.number), o.number
"""

# What is due later is not waited for: the next life has a clock of its own.
_LAID_TO_REST = """
UPDATE deadlines SET cancelled_at = now() WHERE storefront_id = $1 AND met_at IS NULL AND cancelled_at IS NULL
"""


class Life(RuleBasedStateMachine):
    """One shop, its orders, and what is known of them."""

    # Set by the test before it runs the machine.
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.shop: Shop | None = None
        self.api: httpx.AsyncClient | None = None
        self.orders: dict[str, Seen] = {}

    def open_shop(self, policy: dict[str, Any], on_hand: int) -> None:
        """Every life is lived in a shop of its own, which has something in stock."""
        self.shop, self.api = self.world.run(self.world.opened(policy))
        for sku, _ in ARTICLES:
            assert self.call("PUT", "/v1/stock/{sku}", {"on_hand": on_hand}, sku=sku).is_success

    def call(self, method: str, path: str, body: Any = None, **names: Any) -> httpx.Response:
        """One call; whatever is answered must be declared.

        Args:
            method: GET, POST …
            path: as the document has it, with its names in braces.
            body: as JSON.
            names: what stands for the names; and headers and the query, by the names that they have here.
        """
        headers = {_HEADERS[name]: names.pop(name) for name in _HEADERS.keys() & names.keys()}
        assert self.api is not None
        query = names.pop("query", None)
        request = self.api.request(method, path.format(**names), json=body, headers=headers, params=query)
        answer = self.world.run(request)
        assert_declared(method, path, answer)
        return answer

    def pick(self, items: Sequence[T], which: int) -> T:
        """One of them."""
        return items[which % len(items)]

    def order(self, which: int, fits: Callable[[Seen], bool] = lambda _: True) -> Seen | None:
        """One of the orders that fit; None when none does.

        What is drawn must not hang on what the application did: rules have no preconditions, and whatever cannot be
        done gives way to what can.
        """
        fitting = [order for order in self.orders.values() if fits(order)]
        return self.pick(fitting, which) if fitting else None

    @invariant()
    def all_is_well(self) -> None:
        """Nothing is broken, and no order has gone where it may not."""
        if self.shop is None:
            return
        rows, found = self.world.run(self._looked())
        for row in rows:
            seen = self.orders.setdefault(row["id"], Seen(row["id"]))
            if row["status"] not in reachable(seen.status or row["status"]):
                found.append(f"{row['id']} went from {seen.status} to {row['status']}")
            seen.look(row)
        assert not found, "\n".join(found)

    async def _looked(self) -> tuple[list[Any], list[str]]:
        assert self.shop is not None
        async with self.world.begin.statement() as connection:
            return await connection.fetch(_LOOK, self.shop.id), await broken(connection, self.shop.id)

    def teardown(self) -> None:
        """At the end of a life all errands are done; then more must hold."""
        if self.shop is None:
            return
        self.world.run(self._at_rest())

    async def _at_rest(self) -> None:
        assert self.shop is not None
        await self.world.errands()
        async with self.world.begin.statement() as connection:
            found = await broken(connection, self.shop.id, at_rest=True)
            found += await illegal_moves(connection, self.shop.id)
            await connection.execute(_LAID_TO_REST, self.shop.id)
        assert not found, "\n".join(found)
