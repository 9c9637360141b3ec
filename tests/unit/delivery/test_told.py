"""Messages in the words of the wire."""

from datetime import UTC, datetime

from tidings.delivery.queries import Told
from tidings.delivery.tables import AttemptRow, MessageRow, ReceiptRow, SuppressionRow
from tidings.delivery.told import message_of, suppression_of
from tidings.kit.ids import new_id, wire

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_provider_that_answers_numbers_is_told_in_text() -> None:
    row = MessageRow(
        id=new_id(),
        order_id=new_id(),
        milestone="order_confirmation",
        subject="ord_1",
        status="failed",
        channel="sms",
        created_at=NOW,
        valid_until=NOW,
        receipt_overdue=False,
    )
    attempt = AttemptRow(
        id=new_id(),
        connection="sms-main",
        provider="twilio",
        channel="sms",
        status="failed",
        started_at=NOW,
        error={"code": 30003, "reason": None},
    )
    receipt = ReceiptRow(status="failed", provider_status="undelivered", at=NOW, received_at=NOW)
    told = Told(row, attempts=[attempt])
    told.receipts[attempt.id].append(receipt)
    wired = message_of(told)
    assert wired.attempts[0].error is not None
    assert (wired.attempts[0].error.code, wired.attempts[0].error.reason) == ("30003", None)
    assert wired.attempts[0].receipts[0].provider_status == "undelivered"
    assert wired.model_dump(mode="json")["created_at"] == "2026-11-23T12:00:00Z"


def test_a_suppression_is_told_with_its_source() -> None:
    made = new_id()
    row = SuppressionRow(
        id=made, channel="sms", address="+4915112345678", reason="opt_out", source="con_1", created_at=NOW
    )
    told = suppression_of(row)
    assert (told.id, told.source, told.ends_at) == (wire("sup", made), "con_1", None)
