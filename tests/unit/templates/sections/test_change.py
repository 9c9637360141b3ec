# ruff: noqa: RUF001 - the multiplication sign is what is tested
import pytest

from tests.unit.templates.making import made_of, names
from tidings.templates.errors import Unrenderable
from tidings.templates.samples import request, snapshot
from tidings.templates.sections.material import Material


def changed(milestone="change_decided", order=None, **changes) -> Material:
    found = snapshot("short", milestone)
    found["change"] |= changes
    found["order"] |= order or {}
    made = made_of(found)
    names("change", made)
    if milestone == "change_decided":
        names("decision", made)
    return made


def asked(**changes) -> list[tuple[str, list[str]]]:
    return changed(changes=changes).names["asked_rows"]


def test_what_is_asked_for_is_listed_in_words():
    day = {"from": "2026-12-01", "to": "2026-12-01"}
    made = changed(changes={"estimated_delivery": day, "customer": {"phone": "1"}})
    assert made.names["asked"] == "estimated delivery and contact details"
    assert made.names["asked_rows"] == [("Estimated delivery", ["Tuesday, December 1, 2026"]), ("Contact details", [])]


def test_a_new_address_is_shown_as_its_country_writes_it():
    where = {"name": "Ada", "line1": "Street 1", "city": "Potsdam", "postal_code": "14467", "country": "DE"}
    assert asked(shipping_address=where) == [("Shipping address", ["Ada", "Street 1", "14467 Potsdam", "Germany"])]


def test_an_address_of_which_a_part_is_asked_for_is_shown_as_it_is_to_be():
    assert asked(billing_address={"city": "Potsdam", "line2": None}) == [
        ("Billing address", ["Ada Byron", "Invalidenstr. 117", "10115 Potsdam", "Germany"])
    ]


def test_an_address_that_is_not_whole_is_shown_as_it_is():
    made = changed(changes={"billing_address": {"city": "Potsdam"}}, order={"billing_address": None, "lines": None})
    assert made.names["asked_rows"] == [("Billing address", ["Potsdam"])]


def test_a_day_of_which_one_end_is_asked_for_is_shown_with_both():
    (_, days), *_ = asked(estimated_delivery={"to": "2026-11-26"})
    assert days == ["Thursday, November 26, 2026"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"line": 1, "quantity": 3}, ["3 × Green tea 100 g"]),
        ({"sku": "TEA-01", "quantity": 0}, ["0 × Green tea 100 g"]),
        ({"sku": "TEA-99", "quantity": 2}, ["2 × TEA-99"]),
        ({"name": "Kettle"}, ["Kettle"]),
        ({"line": 7, "quantity": 1}, []),
    ],
)
def test_lines_are_named_as_the_order_names_them(line, said):
    assert asked(lines=[line]) == [("Products", said)]


@pytest.mark.parametrize("changes", [None, {}, {"lines": [], "shipping_address": None}])
def test_a_request_may_ask_for_nothing_in_particular(changes):
    made = changed(changes=changes)
    assert (made.names["asked"], made.names["asked_rows"]) == ("", [])


def test_new_ways_to_reach_the_customer_are_never_shown():
    assert "+49" not in str(asked(customer={"phone": "+4915112345678", "email": "new@example.com"}))


def test_days_that_are_none_are_left_out():
    assert asked(estimated_delivery={"from": "soon"}) == [("Estimated delivery", [])]


def test_the_customer_hears_by_the_orders_own_clock():
    made = changed("change_acknowledged", notify_by="2026-11-24T09:30:00Z")
    assert made.names["answer_by_short"] == "Nov 24, 2026, 10:30\u202fAM"
    assert changed("change_acknowledged", notify_by=None).names["answer_by"] == ""


@pytest.mark.parametrize("outcome", ["approved", "declined", "lapsed"])
def test_an_outcome_is_one_of_three(outcome):
    found = changed(outcome=outcome).names
    assert [name for name in ("approved", "declined", "lapsed") if found[f"is_{name}"]] == [outcome]


def test_an_approved_modification_shows_the_order_as_it_is_now():
    made = changed(outcome="approved")
    assert made.names["shows_order"] is True
    assert {"products", "shipping_lines", "delivery"} <= made.names.keys()


@pytest.mark.parametrize(
    "changes", [{"outcome": "declined"}, {"kind": "cancellation"}, {"outcome": "approved", "order": {"lines": None}}]
)
def test_nothing_else_shows_it(changes):
    assert changed(**changes).names["shows_order"] is False


def test_a_refund_is_told_with_its_days():
    made = changed(refund={"amount": {"amount": 500, "currency": "EUR"}, "status": "requested", "days": 1})
    assert (made.names["refund"], made.names["refund_within"]) == ("€5.00", "within 1 day")
    assert changed(refund=None).names["refund"] == ""


@pytest.mark.parametrize(("key", "value"), [("kind", "wish"), ("outcome", "postponed"), ("outcome", None)])
def test_what_is_neither_is_refused(key, value):
    with pytest.raises(Unrenderable, match=f"^/change/{key}: is "):
        changed(**{key: value})


@pytest.mark.parametrize("channel", ["email", "sms", "voice"])
@pytest.mark.parametrize(
    ("locale", "changed"),
    [
        ("ar", "عُدّل"), ("de", "geändert"), ("en", "changed"), ("es", "modificado"), ("fr", "modifiée"),
        ("it", "modificato"), ("ja", "変更"), ("nl", "gewijzigd"), ("pl", "zmienion"), ("pt", "alterad"),
        ("sv", "ändrats"),
    ],
)  # fmt: skip
def test_a_request_may_be_overtaken_by_a_change_of_the_order(templates, locale, changed, channel):
    overtaken = request("change_decided", channel, locale, "dinar")
    assert changed in templates.render(overtaken).text
