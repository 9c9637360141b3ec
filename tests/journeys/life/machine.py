"""The ground of every random life: steps are calls, and after each of them everything that must hold is asked."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from tests.fixtures.shop import Shop
from tests.journeys.life.invariants import broken
from tests.journeys.life.transitions import illegal_moves
from tests.journeys.life.world import Seen, World, assert_declared, reachable

T = TypeVar("T")

# Which of the things there are: more than there ever are, and taken modulo.
WHICH = st.integers(0, 59)

POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"verification": {"stock": "ledger"}, "completes_after_days": 1},
    {
        "verification": {"stock": "ledger"},
        "unpaid_expires_after_hours": 24,
        "changes": {"two_approvers_from": 1500, "cancellation_fee": 300, "refund_shipping": False},
        "desk": {"email": "desk@teahouse.test", "owner": "staff/olga", "delegate": "staff/dora"},
    },
    {
        "changes": {
            "cancellation": {"until": "partially_shipped", "approval": "automatic"},
            "lines": {"until": "partially_shipped", "approval": "automatic"},
            "shipping_address": {"until": "shipped", "approval": "automatic"},
        },
        "not_told": ["order_processing", "issue_resolved"],
    },
)

_HEADERS = {"actor": "Tidings-Actor", "etag": "If-Match", "prefer": "Prefer", "key": "Idempotency-Key"}

_SEEN = """
SELECT 'ord_' || replace(o.id::text, '-', '') AS id, o.status, o.on_hold,
       array(SELECT l.quantity FROM order_lines l WHERE l.storefront_id = $1 AND l.order_id = o.id ORDER BY l.line)
       AS quantities
FROM orders o WHERE o.storefront_id = $1
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
        self.steps: list[str] = []

    @initialize(policy=st.sampled_from(POLICIES))
    def open_shop(self, policy: dict[str, Any]) -> None:
        """Every life is lived in a shop of its own."""
        self.shop, self.api = self.world.run(self.world.opened(policy))

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

    def order(self, which: int) -> Seen:
        """One of the orders, rather a newer one than an older one."""
        return self.pick(list(self.orders.values())[::-1], which)

    @invariant()
    def all_is_well(self) -> None:
        """Nothing is broken, and no order has gone where it may not."""
        if self.shop is not None:
            self._look()
            found = self.world.run(broken(self.world.begin, self.shop.id))
            assert not found, "\n".join(found)

    def _look(self) -> None:
        for row in self.world.run(self._rows()):
            seen = self.orders.setdefault(row["id"], Seen(row["id"], row["quantities"], row["status"]))
            assert row["status"] in reachable(seen.status), f"{row['id']} went from {seen.status} to {row['status']}"
            seen.status, seen.on_hold, seen.quantities = row["status"], row["on_hold"], row["quantities"]

    async def _rows(self) -> list[Any]:
        assert self.shop is not None
        async with self.world.begin.statement() as connection:
            rows: list[Any] = await connection.fetch(_SEEN, self.shop.id)
        return rows

    def teardown(self) -> None:
        """At the end of a life all errands are done; then more must hold."""
        if self.shop is None:
            return
        self.world.run(self._at_rest())

    async def _at_rest(self) -> None:
        assert self.shop is not None
        await self.world.errands()
        found = await broken(self.world.begin, self.shop.id, at_rest=True)
        found += await illegal_moves(self.world.begin, self.shop.id)
        assert not found, "\n".join(found)
