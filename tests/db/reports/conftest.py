import pytest

from tests.db.feedback.counter import Rated
from tests.fixtures.mailroom import Mailroom


@pytest.fixture
def rated(mailroom: Mailroom) -> Rated:
    """Messages, sent and rated."""
    return Rated(mailroom)
