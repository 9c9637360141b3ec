"""Messages in the words of the wire."""

from typing import Any, cast

from tidings.delivery.queries import Told
from tidings.delivery.schemas import (
    Attempt,
    AttemptError,
    Message,
    MessageContent,
    Receipt,
    Suppression,
    TemplateUsed,
)
from tidings.delivery.states import AttemptStatus, MessageStatus, ReceiptStatus
from tidings.delivery.suppress import SuppressReason
from tidings.delivery.tables import AttemptRow, ContentRow, ReceiptRow, SuppressionRow
from tidings.kit.ids import wire
from tidings.storefronts.kinds import WITHOUT_ORDER, Channel
from tidings.templates.stored.kinds import origin_of


def message_of(told: Told) -> Message:
    """A message with its content as sent, its attempts and their receipts."""
    row, content = told.row, told.content
    return Message(
        id=wire("msg", row.id),
        order_id=None if row.milestone in WITHOUT_ORDER else wire("ord", row.order_id),
        milestone=row.milestone,
        subject_id=row.subject,
        status=cast("MessageStatus", row.status),
        channel=cast("Channel", row.channel),
        template=None if content is None else _template(content),
        content=None if content is None else _content(content),
        created_at=row.created_at,
        valid_until=row.valid_until,
        receipt_overdue=row.receipt_overdue,
        complained_at=row.complained_at,
        opted_out_at=row.opted_out_at,
        attempts=[_attempt(attempt, told.receipts[attempt.id]) for attempt in told.attempts],
    )


def _template(content: ContentRow) -> TemplateUsed:
    version = content.version
    return TemplateUsed(name=content.template, version=version, locale=content.locale, origin=origin_of(version))


def _content(content: ContentRow) -> MessageContent:
    return MessageContent(subject=content.subject, text=content.text, html=content.html)


def _attempt(row: AttemptRow, receipts: list[ReceiptRow]) -> Attempt:
    return Attempt(
        id=wire("att", row.id),
        connection=row.connection,
        provider=row.provider,
        channel=cast("Channel", row.channel),
        status=cast("AttemptStatus", row.status),
        provider_message_id=row.provider_message_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=None if row.error is None else _error(row.error),
        receipts=[_receipt(receipt) for receipt in receipts],
    )


def _error(error: dict[str, Any]) -> AttemptError:
    code, reason = error.get("code"), error.get("reason")
    return AttemptError(code=None if code is None else str(code), reason=None if reason is None else str(reason))


def _receipt(row: ReceiptRow) -> Receipt:
    return Receipt(
        status=cast("ReceiptStatus", row.status),
        provider_status=row.provider_status,
        at=row.at,
        received_at=row.received_at,
    )


def suppression_of(row: SuppressionRow) -> Suppression:
    """A suppressed address."""
    return Suppression(
        id=wire("sup", row.id),
        channel=cast("Channel", row.channel),
        address=row.address,
        reason=cast("SuppressReason", row.reason),
        source=row.source,
        created_at=row.created_at,
        ends_at=row.ends_at,
    )
