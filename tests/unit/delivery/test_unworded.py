"""What becomes of a message that could not be put into words."""

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.exc import ProgrammingError

from tests.unit.delivery.test_settlement import CLAIMED, NOW
from tidings.delivery.enclosures import NotYet
from tidings.delivery.rules import Again, Dead, Verdict
from tidings.delivery.settlement import chore_of
from tidings.delivery.unworded import unworded
from tidings.templates.errors import Unrenderable

ENCODED = UnicodeEncodeError("ascii", "anna@müller.example", 6, 7, "ordinal not in range(128)")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Unrenderable("has no template", "x/en"), "has no template"),
        (ENCODED, "UnicodeEncodeError"),
        (KeyError("anna@müller.example"), "KeyError"),
    ],
)
def test_what_cannot_be_rendered_is_given_to_a_person_without_a_word_of_the_customers(
    error: Exception, told: str
) -> None:
    settlement = unworded(CLAIMED, error, NOW)
    assert settlement.verdict == Verdict("failed", Dead(), f"cannot be rendered: {told}")
    chore = chore_of(settlement, is_called=False)
    assert chore is not None
    assert chore.kind == "message_unrenderable"
    assert "anna" not in str((settlement.verdict, chore))


def test_what_is_still_being_made_is_waited_for() -> None:
    settlement = unworded(CLAIMED, NotYet(timedelta(seconds=7)), NOW)
    assert settlement.verdict == Verdict("failed", Again(timedelta(seconds=7), 0), "waits for its documents")
    assert settlement.task is None


@pytest.mark.parametrize(
    "error", [asyncpg.UndefinedColumnError("no anna"), ProgrammingError("SELECT anna", {}, Exception("no anna"))]
)
def test_what_the_database_refuses_is_no_fault_of_the_message(error: Exception) -> None:
    settlement = unworded(CLAIMED, error, NOW)
    assert isinstance(settlement.verdict.next, Again)
    assert settlement.task is None
    assert "anna" not in settlement.verdict.reason
