import pytest

from tests.db.feedback.counter import Rated
from tests.fixtures.mailroom import Mailroom


@pytest.fixture
def rated(mailroom: Mailroom) -> Rated:
    """Orders whose customers say how it was."""
    return Rated(mailroom)
