import pytest

from tests.clock import FixedClock
from tests.db.reviews.board import Board
from tests.fixtures.rules import rule
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin


@pytest.fixture
async def board(begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock) -> Board:
    """Reviews of a shop with a manned desk, looked at once."""
    desk = {"email": "desk@shop.test", "owner": "staff/anna", "delegate": "staff/bo", "delegate_email": "bo@shop.test"}
    await rule(begin, shop, desk=desk)
    made = Board(begin, worker_begin, shop, clock)
    assert await made.look() == 0, "a new shop has nothing to review"
    return made
