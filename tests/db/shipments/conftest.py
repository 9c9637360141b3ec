import pytest

from tests.clock import FixedClock
from tests.db.shipments.parcels import Desk
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin


@pytest.fixture
def desk(begin: Begin, shop: Shop, clock: FixedClock) -> Desk:
    """Sends parcels of the shop's orders."""
    return Desk(begin, shop, clock)
