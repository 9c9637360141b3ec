"""Each kind of errand is carried out by its verb."""

from tests.clock import FixedClock
from tests.fixtures.errands import Errands, errand, left
from tests.fixtures.shop import Shop
from tidings.bootstrap import Runtime
from tidings.kit.db import Begin
from tidings.outbox.kinds import ERRAND_KINDS
from tidings.outbox.leave import leave_errands
from tidings.worker.handlers import handlers_of


async def test_handlers_are_for_known_kinds(api_runtime: Runtime) -> None:
    assert set(handlers_of(api_runtime)) <= set(ERRAND_KINDS)


async def test_what_is_due_is_carried_out(begin: Begin, shop: Shop, clock: FixedClock, errands: Errands) -> None:
    """About an order that is not there: nothing is left to be done."""
    async with begin(shop.scope) as tx:
        await leave_errands(tx, errand(shop, clock, kind="close_order"))
    assert await errands() == 1
    assert await left(begin) == []
