import pytest

from tests.unit.templates.making import made_of, names
from tidings.templates.errors import Unrenderable
from tidings.templates.samples import snapshot


def told(section: str, milestone: str, part: str, before: tuple[str, ...] = (), **changes) -> dict:
    found = snapshot("short", milestone)
    found[part] |= changes
    made = made_of(found)
    for each in (*before, section):
        names(each, made)
    return made.names


def test_what_has_changed_is_told_once_each():
    found = told("update", "order_updated", "update", changed=["total", "lines", "ribbon", "label", "total"])
    assert found["changed_rows"] == ["total", "products", "other details"]
    assert found["changed"] == "total, products, and other details"


@pytest.mark.parametrize("changed", [None, [], "total", [7]])
def test_a_change_of_nothing_is_refused(changed):
    with pytest.raises(Unrenderable, match=r"^/update/changed: is not a list of names"):
        told("update", "order_updated", "update", changed=changed)


def test_a_change_of_contact_details_names_them_and_never_shows_them():
    found = told("contact_change", "contact_changed", "contact", changed=["email", "phone"], to="new")
    assert (found["changed"], found["to_old"]) == ("e-mail address and phone number", False)
    assert "ada@example.com" not in str(found)
    assert told("contact_change", "contact_changed", "contact", to="old")["to_old"] is True


def test_a_notice_that_goes_nowhere_is_refused():
    with pytest.raises(Unrenderable, match=r"^/contact/to: is not one of old, new"):
        told("contact_change", "contact_changed", "contact", to="both")


def deadline(**changes) -> dict:
    return told("deadline", "deadline_missed", "deadline", ("order",), **changes)


def test_staff_is_told_which_promise_is_due_when():
    found = deadline(kind="change_decided", owner="staff/7")
    assert found["promise"] == "decision on a change request"
    assert found["due"].startswith("Tuesday, November 24, 2026, 10:30")
    assert (found["owner"], found["is_escalated"]) == ("staff/7", True)


def test_staff_is_not_greeted_with_the_customers_name():
    found = deadline()
    assert (found["name"], found["greeting"]) == ("", "Hello,")
    assert found["why"].endswith("because you look after orders at Tea.")


def test_what_is_not_known_of_a_deadline_is_left_out():
    found = deadline(owner=None, started_at=None, escalated=None, kind="tea_time")
    assert (found["owner"], found["started"], found["is_escalated"]) == ("", "", False)
    assert found["promise"] == "message to the customer"


def test_a_promise_that_was_kept_too_late_is_kept_all_the_same():
    assert deadline(met_at="2026-11-24T10:42:00+01:00")["is_met"] is True
    assert deadline(met_at=None)["is_met"] is False


def test_a_deadline_without_its_time_is_refused():
    with pytest.raises(Unrenderable, match=r"^/deadline/due_at: is missing"):
        deadline(due_at=None)


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        (None, ""),
        ([], ""),
        ([{"kind": "invoice"}, {"kind": "receipt"}], "invoice/receipt"),
        ([{"kind": "manual"}, {"kind": "leaflet"}], "document"),
    ],
)
def test_documents_are_called_what_they_are(documents, said):
    found = snapshot("short", "order_completed")
    found["documents"] = documents
    assert names("documents", made_of(found))["documents"] == said
