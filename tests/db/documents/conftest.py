import pytest

from tests.clock import FixedClock
from tests.db.documents.desk import Desk
from tests.db.documents.gone import Bucket
from tests.fixtures.documents import Shelf
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin


@pytest.fixture
async def desk(begin: Begin, shop: Shop, clock: FixedClock) -> Desk:
    made = Desk(begin, shop, clock)
    await made.rule()
    return made


@pytest.fixture
def bucket(desk: Desk, keeper: Begin) -> Bucket:
    desk.store = shelf = Shelf()
    return Bucket(desk, shelf, keeper)
