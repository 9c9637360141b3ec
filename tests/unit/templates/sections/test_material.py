from datetime import UTC, datetime

import pytest

from tests.unit.templates.making import material
from tidings.templates.errors import Unrenderable
from tidings.templates.sections.material import MAX_TYPED


def test_a_part_of_the_snapshot_must_be_there():
    assert material().part("shipment")["carrier"] == "DHL"
    with pytest.raises(Unrenderable, match=r"^/issue: is missing"):
        material().part("issue")


@pytest.mark.parametrize(
    ("typed", "told"),
    [("Dented", "Dented."), ("Dented!\r\n\r\nSorry", "Dented! Sorry."), ("  ", "Ours"), (None, "Ours")],
)
def test_what_was_typed_is_a_sentence_and_ours_stands_in_for_it(typed, told):
    assert material().typed({"note": typed}, "note", "/x", "Ours").rstrip(".") == told.rstrip(".")


def test_what_was_typed_is_not_endless():
    assert len(material().typed({"note": "tea " * 9000}, "note", "/x")) <= MAX_TYPED


def test_an_instant_is_told_wholly_briefly_and_aloud():
    made = material(tag="en-GB")
    made.tell_instant("due", datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    assert made.names["due"] == "Tuesday, 24 November 2026, 10:30 (CET)"
    assert made.names["due_short"] == "24 Nov 2026, 10:30"
    assert made.names["due_spoken"] == "Tuesday, 24 November 2026, 10:30"


def test_no_instant_is_nothing():
    made = material()
    made.tell_instant("due", None)
    assert [made.names[name] for name in ("due", "due_short", "due_spoken")] == ["", "", ""]
