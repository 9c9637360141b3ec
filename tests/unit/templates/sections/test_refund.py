import pytest

from tests.unit.templates.making import made_of, names
from tidings.templates.errors import Unrenderable
from tidings.templates.samples import snapshot
from tidings.templates.sections.material import Material


def told(section: str, milestone: str, part: str, **changes) -> Material:
    found = snapshot("short", milestone)
    found[part] |= changes
    made = made_of(found)
    names(section, made)
    return made


def refunded(**changes) -> dict:
    return told("refund", "refund_update", "refund", **changes).names


def test_a_refund_says_how_much_went_back_and_how():
    found = refunded()
    assert (found["refund"], found["refund_spoken"]) == ("€24.70", "24.70 euros")
    assert (found["refund_method"], found["refund_reference"]) == ("Card", "re_3P0aB12eZvKYlo2C")
    assert (found["refund_failed"], found["refund_within"]) == (False, "")


def test_a_way_to_pay_that_we_have_no_word_for_is_told_as_it_is():
    assert refunded(method="Voucher №7")["refund_method"] == "Voucher №7"
    assert refunded(method=None, reference=None)["refund_method"] == ""


@pytest.mark.parametrize(("method", "said"), [("provider", "Original payment method"), ("manual", "")])
def test_who_paid_back_is_not_the_customers_affair(method, said):
    assert refunded(method=method)["refund_method"] == said


def test_a_refund_that_failed_says_so():
    assert refunded(status="failed")["refund_failed"] is True


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status": "requested"}, "/refund/status: is not settled"),
        ({"status": None}, "/refund/status: is missing"),
        ({"amount": None}, "/refund/amount: is missing"),
        ({"days": "two"}, "/refund/days: is not a whole number"),
    ],
)
def test_a_refund_that_is_none_is_refused(changes, told):
    with pytest.raises(Unrenderable, match=f"^{told}"):
        refunded(**changes)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("unpaid", "We did not receive your payment in time."),
        ("You asked us to", "You asked us to."),
        (None, ""),
    ],
)
def test_a_cancellation_says_why_if_it_is_known(reason, said):
    assert told("cancellation", "order_cancelled", "cancellation", reason=reason).texts["cancel_reason"] == said


@pytest.mark.parametrize(("given", "expected"), [(True, True), (False, False), (None, False)])
def test_money_is_promised_only_where_it_is_to_go_back(given, expected):
    made = told("cancellation", "order_cancelled", "cancellation", refund_expected=given)
    assert made.names["refund_expected"] is expected
