"""Where requests are taken in and decided."""

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tests.fixtures.wishes import Desk
from tidings.kit.db import Begin


@pytest.fixture
def desk(begin: Begin, shop: Shop, clock: FixedClock) -> Desk:
    return Desk(begin, shop, clock)
