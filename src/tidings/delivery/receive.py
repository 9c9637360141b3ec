"""Applies receipts: the ledger first, then what all that is known of an attempt and its message makes of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from tidings.delivery.affected import Affected, Known, Word, affected_by
from tidings.delivery.consequences import judge_all, write_down
from tidings.delivery.held import MessageKey, hold_messages
from tidings.delivery.states import ReceiptStatus
from tidings.delivery.suppress import Address, Suppressing, SuppressReason, suppress
from tidings.delivery.tables import ReceiptRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.rows import Row, Rows, json_text
from tidings.records.append import Entry, record_rows

TABLE = ReceiptRow.__table__


class AttemptRef(NamedTuple):
    """An attempt by its primary key, with the message that it is one of."""

    storefront_id: UUID
    order_id: UUID
    message_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider said about an attempt."""

    attempt: AttemptRef
    # Unique among the attempt's receipts.
    event_key: str
    status: ReceiptStatus
    # The provider's own word.
    provider_status: str
    at: datetime
    received_at: datetime
    # Codes and reasons, no personal data; `may_pass: true` on a failure that may pass by itself.
    detail: Mapping[str, Any] = field(default_factory=dict)
    provider_message_id: str | None = None


# What a receipt says against the address itself.
_AGAINST: Final[Mapping[str, SuppressReason]] = {
    "bounced": "hard_bounce",
    "complained": "complaint",
    "opted_out": "opt_out",
}
_NEGATIVE: Final = frozenset({"failed", "bounced"})

# By the attempt: the message that it is one of, and what is known of itself.
Place = Mapping[AttemptRef, tuple[Affected, Known]]


async def receive_receipts(tx: Tx, receipts: Sequence[Receipt], *, now: datetime) -> list[MessageKey]:
    """Keep these receipts and let everything follow from them; what was told before changes nothing.

    Returns:
        The messages that were put back into the outbox.
    """
    affected = await affected_by(tx, await hold_messages(tx, sorted({_message(receipt) for receipt in receipts})))
    known = {_ref(each): (one, each) for one in affected for each in one.attempts}
    fresh = _heard(receipts, known)
    if not fresh:
        return []
    about = {_message(receipt) for receipt in fresh}
    judged = await judge_all(tx, [one for one in affected if one.key in about], now=now)
    again = await write_down(tx, judged, _rows(fresh, known), now=now)
    await suppress(tx, _suppressions(fresh, known), now=now)
    return again


async def reconsider(tx: Tx, keys: Collection[MessageKey], *, now: datetime) -> list[MessageKey]:
    """Judge messages again whose attempt was answered after its receipts had come.

    To be called in the transaction that wrote the answer down, for each message of whose attempt the receipts say
    more than the answer did.

    Returns:
        The messages that were put back into the outbox.
    """
    if not keys:
        return []
    affected = await affected_by(tx, await hold_messages(tx, sorted(keys)))
    for one in affected:
        for each in one.attempts:
            each.answered_late = True
    return await write_down(tx, await judge_all(tx, affected, now=now), Rows(), now=now)


def _message(receipt: Receipt) -> MessageKey:
    return MessageKey(*receipt.attempt[:3])


def _ref(known: Known) -> AttemptRef:
    row = known.row
    return AttemptRef(row.storefront_id, row.order_id, row.message_id, row.id)


def _heard(receipts: Iterable[Receipt], known: Place) -> list[Receipt]:
    """Let attempts know of what is new to them; the receipts that were.

    Whoever writes into the ledger holds the message, so that what was read of it is all that there is.
    """
    fresh = []
    for told in receipts:
        _, each = known.get(told.attempt, _NOBODY)
        receipt = told if each is None or each.row.recipient else _without_words(told)
        if each is not None and receipt.event_key not in each.words:
            each.words[receipt.event_key] = _word(receipt)
            _note(each, receipt)
            fresh.append(receipt)
    return fresh


_NOBODY: Final = (None, None)


def _without_words(receipt: Receipt) -> Receipt:
    """The same about somebody who was erased: the provider's own words may quote the address."""
    return replace(receipt, detail={name: receipt.detail[name] for name in _SAFE if name in receipt.detail})


_SAFE: Final = ("code", "may_pass")


def _word(receipt: Receipt) -> Word:
    may_pass = receipt.status == "failed" and receipt.detail.get("may_pass") is True
    return Word(receipt.status, min(receipt.at, receipt.received_at), may_pass)


def _rows(fresh: Sequence[Receipt], known: Place) -> Rows:
    """The ledger's rows, and the trail's."""
    rows = Rows()
    rows.add(TABLE, *map(_row, fresh))
    rows.merge(record_rows(_entry(receipt, *known[receipt.attempt]) for receipt in fresh))
    return rows


def _row(receipt: Receipt) -> Row:
    return {
        "storefront_id": receipt.attempt.storefront_id,
        "order_id": receipt.attempt.order_id,
        "id": new_id(),
        "message_id": receipt.attempt.message_id,
        "attempt_id": receipt.attempt.id,
        "status": receipt.status,
        "provider_status": receipt.provider_status,
        "detail": json_text(receipt.detail),
        "at": receipt.at,
        "received_at": receipt.received_at,
        "event_key": receipt.event_key,
    }


def _note(known: Known, receipt: Receipt) -> None:
    """What an attempt's row learns beside its status; a poorer repeat erases nothing."""
    row = known.row
    if row.provider_message_id is None and receipt.provider_message_id is not None:
        row.provider_message_id, known.has_changed = receipt.provider_message_id, True
    if receipt.status in _NEGATIVE and row.error is None:
        row.error = {"code": receipt.detail.get("code"), "reason": receipt.detail.get("reason")}
        known.has_changed = True


def _suppressions(fresh: Sequence[Receipt], known: Place) -> list[Suppressing]:
    found = []
    for receipt in fresh:
        reason = _AGAINST.get(receipt.status)
        one, each = known[receipt.attempt]
        # Nobody knows any more where an erased one went.
        if reason is not None and each.row.recipient:
            found.append(
                Suppressing(
                    at=Address(each.row.storefront_id, one.row.mode, each.row.channel, each.row.recipient),
                    reason=reason,
                    source=wire("att", each.row.id),
                    order_id=each.row.order_id,
                )
            )
    return found


def _entry(receipt: Receipt, one: Affected, known: Known) -> Entry:
    return Entry(
        storefront_id=known.row.storefront_id,
        order_id=known.row.order_id,
        mode=one.row.mode,
        kind="receipt.received",
        subject=wire("att", known.row.id),
        actor=f"provider/{known.row.provider}",
        at=receipt.received_at,
        data={
            "message": wire("msg", one.row.id),
            "milestone": one.row.milestone,
            "channel": known.row.channel,
            "status": receipt.status,
            "provider_status": receipt.provider_status,
            "message_status": one.row.status,
            # The provider's words may quote an address: they stay with the receipt.
            **({"code": receipt.detail["code"]} if receipt.detail.get("code") else {}),
        },
    )
