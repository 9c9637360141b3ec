import pytest

from tests.unit.templates.making import made_of
from tidings.templates.errors import Unrenderable
from tidings.templates.samples import snapshot
from tidings.templates.sections.issue import issue


def told(**changes) -> dict[str, str]:
    found = snapshot("short", "issue_notification")
    found["issue"] |= changes
    made = made_of(found)
    issue(made)
    return made.texts


def test_what_staff_typed_is_told_as_typed():
    assert told(details="The kettle leaks", next_steps="Send it back!", resolution="Mended.") == {
        "issue_details": "The kettle leaks.",
        "next_steps": "Send it back!",
        "resolution": "Mended.",
    }


@pytest.mark.parametrize("kind", ["payment_error", "out_of_stock", "address_problem", "delivery_exception", "other"])
def test_what_they_did_not_type_is_told_in_our_words_for_the_kind(kind):
    found = told(kind=kind, details=None, next_steps="")
    assert found["issue_details"].endswith(".")
    assert found["next_steps"].endswith(".")
    assert found["resolution"] == ""


def test_kinds_differ_and_one_that_we_do_not_know_is_told_like_any_other():
    kinds = ("payment_error", "out_of_stock", "address_problem", "delivery_exception", "other")
    assert len({told(kind=kind, details=None)["issue_details"] for kind in kinds}) == len(kinds)
    assert told(kind="burnt_down", details=None) == told(kind="other", details=None)


def test_an_issue_without_a_kind_is_refused():
    with pytest.raises(Unrenderable, match=r"^/issue/kind: is missing"):
        told(kind=None)
