import pytest

from tests.unit.templates.making import made_of, material, names
from tidings.templates.catalogue import read
from tidings.templates.errors import Unrenderable
from tidings.templates.samples import snapshot
from tidings.templates.sections.table import SECTIONS


@pytest.mark.parametrize(
    ("section", "changes", "told"),
    [
        ("order", {"number": None}, "/order/number: is missing"),
        ("products", {"lines": []}, "/order/lines: is missing"),
        ("products", {"total": None}, "/order/total: is missing"),
        ("products", {"lines": [{"name": "Tea"}]}, "/order/lines/quantity: is not a whole number"),
        ("addresses", {"billing_address": None}, "/order/billing_address: is missing"),
        ("addresses", {"shipping_address": {"name": "Ada"}}, "/order/shipping_address/line1: is missing"),
        ("delivery", {"estimated_delivery": None}, "/order/estimated_delivery: is missing"),
        ("missing", {"missing": []}, "/order/missing: is missing"),
    ],
)
def test_a_section_without_its_part_of_the_snapshot_is_refused(section, changes, told):
    with pytest.raises(Unrenderable) as caught:
        names(section, material(**changes))
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("section", "milestone", "part"),
    [
        ("parcel", "order_dispatched", "shipment"),
        ("exception", "delivery_exception", "shipment"),
        ("returned", "shipment_returned", "shipment"),
        ("update", "order_updated", "update"),
        ("issue", "issue_notification", "issue"),
        ("change", "change_acknowledged", "change"),
        ("decision", "change_decided", "change"),
        ("refund", "refund_update", "refund"),
        ("cancellation", "order_cancelled", "cancellation"),
        ("contact_change", "contact_changed", "contact"),
        ("deadline", "deadline_warning", "deadline"),
    ],
)
@pytest.mark.parametrize("instead", [None, [], "text"])
def test_what_happened_must_be_in_the_snapshot(section, milestone, part, instead):
    found = snapshot("short", milestone)
    found[part] = instead
    with pytest.raises(Unrenderable, match=f"^/{part}: is "):
        names(section, made_of(found))


def test_every_section_is_needed_by_some_milestone():
    assert {need for milestone in read().milestones.values() for need in milestone.needs} == SECTIONS.keys()
