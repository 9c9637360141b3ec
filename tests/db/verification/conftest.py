import pytest

from tests.clock import FixedClock
from tests.db.verification.store import Store
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin


@pytest.fixture
async def store(begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock) -> Store:
    """A shop that keeps its stock in the ledger; its work is done as the worker's role."""
    made = Store(begin, worker_begin, shop, clock)
    await made.decide(stock="ledger")
    return made
