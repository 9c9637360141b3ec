import pytest

from tests.clock import FixedClock
from tests.db.issues.counter import Counter
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin


@pytest.fixture
def counter(begin: Begin, shop: Shop, clock: FixedClock) -> Counter:
    """Opens and settles issues of the shop's orders."""
    return Counter(begin, shop, clock)
