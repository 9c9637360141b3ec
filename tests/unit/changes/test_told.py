"""How requests and refunds are told."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tidings.changes.book import Book
from tidings.changes.states import CHANGE_STATUSES
from tidings.changes.tables import ChangeRequestRow, RefundRow
from tidings.changes.told import change_told, refund_snapshot, refund_told
from tidings.storefronts.policy import Policy

AT = datetime(2026, 11, 24, tzinfo=UTC)
OUTCOMES = {"carried_out": "approved", "declined": "declined", "lapsed": "lapsed"}


def request(status: str) -> ChangeRequestRow:
    return ChangeRequestRow(
        storefront_id=UUID(int=1), order_id=UUID(int=2), id=UUID(int=3), mode="test", kind="cancellation",
        status=status, reason=None, changes={}, parts=["cancellation"], requested_by="customer", via="page",
        actor="shop", principal="shop", requested_at=AT, acknowledge_due_at=AT, decide_due_at=AT, notify_due_at=AT,
        policy_version=7, rule="changes.cancellation.approval", needs_approvals=1,
    )  # fmt: skip


def refund(**columns: object) -> RefundRow:
    usual = {
        "order_id": UUID(int=2), "id": UUID(int=4), "request_id": UUID(int=3), "amount": 5, "currency": "EUR",
        "status": "succeeded", "method": "provider", "requested_at": AT, "requested_by": "policy",
    }  # fmt: skip
    return RefundRow(**(usual | columns))


@pytest.mark.parametrize("status", CHANGE_STATUSES)
def test_the_outcome_is_what_the_customer_is_told(status: str) -> None:
    document = {"title": "Orders", "url": "https://shop.example/p", "version": "2"}
    policy = Policy.model_validate({"documents": {"order_management": document}})
    told = change_told(request(status), [], Book(7, policy), refund(), "EUR")
    assert (told.status, told.outcome) == (status, OUTCOMES.get(status))
    assert told.policy.model_dump()["document"] == document
    assert told.refund is not None
    assert told.refund.id == f"rfd_{4:032x}"


def test_a_refund_is_found_by_what_a_person_or_the_provider_calls_it() -> None:
    assert refund_told(refund(provider_refund_id="re_1")).reference == "re_1"
    assert refund_told(refund(provider_refund_id="re_1", reference="SEPA 1")).reference == "SEPA 1"
    assert json.loads(refund_snapshot(refund(reference="SEPA 1", reason="cancellation"))) == {
        "id": f"rfd_{4:032x}", "amount": {"amount": 5, "currency": "EUR"}, "status": "succeeded",
        "reference": "SEPA 1", "method": "provider", "reason": "cancellation",
    }  # fmt: skip
    assert refund_told(refund(request_id=None)).request_id is None
