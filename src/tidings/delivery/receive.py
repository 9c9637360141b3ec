"""Applies receipts: the ledger first, then what all that is known of an attempt and its message makes of them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from tidings.delivery.affected import Affected, Known, MessageKey, affected_by, hold_messages
from tidings.delivery.consequences import judge_all, write_down
from tidings.delivery.states import ReceiptStatus
from tidings.delivery.suppress import Address, Suppressing, SuppressReason, suppress
from tidings.delivery.tables import ReceiptRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.rows import Rows, arguments, insert_part
from tidings.kit.scope import Mode
from tidings.records.append import Entry, append

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

_COLUMNS = (
    "storefront_id", "order_id", "id", "message_id", "attempt_id", "status", "provider_status", "detail", "at",
    "received_at", "event_key",
)  # fmt: skip
_INSERT = insert_part(TABLE, _COLUMNS, 1, tail="ON CONFLICT DO NOTHING RETURNING attempt_id, event_key")


async def receive_receipts(tx: Tx, receipts: Sequence[Receipt], *, now: datetime) -> list[MessageKey]:
    """Keep these receipts and let everything follow from them; what was told before changes nothing.

    Returns:
        The messages that were put back into the outbox.
    """
    held = await hold_messages(tx, sorted({_message(receipt) for receipt in receipts}))
    fresh = await _kept([receipt for receipt in receipts if _message(receipt) in held], tx)
    if not fresh:
        return []
    heard = {key: held[key] for key in {_message(receipt) for receipt in fresh}}
    affected = await affected_by(tx, heard)
    known = {each.row.id: (one, each) for one in affected for each in one.attempts}
    for receipt in fresh:
        _note(known[receipt.attempt.id][1], receipt)
    judged = await judge_all(tx, affected, now=now)
    # The trail tells what was heard before what follows from it.
    await append(tx, *(_entry(receipt, *known[receipt.attempt.id]) for receipt in fresh))
    again = await write_down(tx, judged, now=now)
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
    return await write_down(tx, await judge_all(tx, affected, now=now), now=now)


def _message(receipt: Receipt) -> MessageKey:
    return MessageKey(*receipt.attempt[:3])


async def _kept(receipts: Sequence[Receipt], tx: Tx) -> list[Receipt]:
    """Write the ledger; the receipts that were not in it."""
    rows = Rows()
    for receipt in receipts:
        rows.add(TABLE, _row(receipt))
    if not rows.by_table:
        return []
    await tx.flush()
    found = await tx.raw.fetch(_INSERT, *arguments(rows, ((TABLE, _COLUMNS, ""),)))
    fresh = {(row["attempt_id"], row["event_key"]) for row in found}
    by_key = {(receipt.attempt.id, receipt.event_key): receipt for receipt in receipts}
    return [receipt for key, receipt in by_key.items() if key in fresh]


def _row(receipt: Receipt) -> dict[str, Any]:
    return {
        "storefront_id": receipt.attempt.storefront_id,
        "order_id": receipt.attempt.order_id,
        "id": new_id(),
        "message_id": receipt.attempt.message_id,
        "attempt_id": receipt.attempt.id,
        "status": receipt.status,
        "provider_status": receipt.provider_status,
        "detail": json.dumps(receipt.detail, separators=(",", ":")),
        "at": receipt.at,
        "received_at": receipt.received_at,
        "event_key": receipt.event_key,
    }


def _note(known: Known, receipt: Receipt) -> None:
    """What an attempt's row learns beside its status; a poorer repeat erases nothing."""
    row = known.row
    if row.provider_message_id is None:
        row.provider_message_id = receipt.provider_message_id
    if receipt.status in _NEGATIVE and row.error is None:
        row.error = {"code": receipt.detail.get("code"), "reason": receipt.detail.get("reason")}


def _suppressions(fresh: Sequence[Receipt], known: Mapping[UUID, tuple[Affected, Known]]) -> list[Suppressing]:
    found = []
    for receipt in fresh:
        reason = _AGAINST.get(receipt.status)
        if reason is not None:
            one, each = known[receipt.attempt.id]
            found.append(
                Suppressing(
                    at=Address(each.row.storefront_id, _mode(one), each.row.channel, each.row.recipient),
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
        mode=_mode(one),
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


def _mode(one: Affected) -> Mode:
    return "live" if one.row.mode == "live" else "test"
