import pytest

from tidings.templates.occasions import occasion
from tidings.templates.samples import SAMPLES, snapshot

PARTS = {
    "order_updated": "update",
    "delivery_exception": "shipment",
    "shipment_returned": "shipment",
    "issue_notification": "issue",
    "issue_resolved": "issue",
    "change_acknowledged": "change",
    "change_decided": "change",
    "refund_update": "refund",
    "order_cancelled": "cancellation",
    "contact_changed": "contact",
    "deadline_warning": "deadline",
    "deadline_missed": "deadline",
    "review_due": "review",
}


@pytest.mark.parametrize(("milestone", "part"), PARTS.items())
def test_a_sample_has_what_its_milestone_tells_of(milestone, part):
    assert all(snapshot(sample, milestone).keys() == {"order", part} for sample in SAMPLES)


def test_a_sample_of_which_nothing_more_is_to_be_told_has_nothing_more():
    assert snapshot("short", "order_processing").keys() == {"order"}
    assert snapshot("empty", "order_completed").keys() == {"order"}


def test_what_happens_is_made_anew_each_time():
    order = snapshot("short", "order_dispatched")["order"]
    occasion("short", "issue_notification", order)["issue"]["details"] = "changed"
    assert occasion("short", "issue_notification", order)["issue"]["details"] == "The tin is dented"


def test_outcomes_of_all_kinds_are_tried():
    decided = [snapshot(sample, "change_decided")["change"] for sample in SAMPLES]
    assert {change["outcome"] for change in decided} == {"approved", "declined", "lapsed"}
    assert {change["kind"] for change in decided} == {"cancellation", "modification"}
    assert {snapshot(sample, "refund_update")["refund"]["status"] for sample in SAMPLES} == {"succeeded", "failed"}
    assert {snapshot(sample, "contact_changed")["contact"]["to"] for sample in SAMPLES} == {"old", "new"}
