"""What follows from events: receipts go to their attempts, opt-outs bind, opt-ins lift, replies go to a person."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from tidings.callbacks.incoming import EventKey, Incoming
from tidings.delivery.receive import AttemptRef, Receipt, receive_receipts
from tidings.delivery.states import ReceiptStatus
from tidings.delivery.suppress import Address, Suppressing, lift_opt_outs, suppress
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.tasks.open import Opening, open_tasks

About = Mapping[EventKey, AttemptRef]


async def apply(tx: Tx, these: Sequence[Incoming], about: About, *, now: datetime) -> None:
    """Let everything follow from these events that can.

    Args:
        tx: the transaction.
        these: events that were not known before.
        about: the attempts that they are about, by event key; receipts without one wait in the inbox.
        now: the present instant.
    """
    receipts = [receipt for one in these if one.key in about for receipt in _receipt(one, about[one.key])]
    if receipts:
        await receive_receipts(tx, receipts, now=now)
    await suppress(tx, [_suppressing(one, about.get(one.key)) for one in these if _binds(one)], now=now)
    lifted: set[Address] = set()
    for actor, addresses in _taken_back(these).items():
        lifted |= await lift_opt_outs(tx, addresses, actor=actor, now=now)
    replies = [one for one in these if _is_reply(one, lifted)]
    await open_tasks(tx, *(_opening(one, about.get(one.key), now) for one in replies))
    await append(tx, *(_entry(one, about.get(one.key), now) for one in replies))


def _receipt(one: Incoming, attempt: AttemptRef) -> list[Receipt]:
    event = one.event
    status: ReceiptStatus | None = "opted_out" if event.kind == "opt_out" else event.status
    if event.kind not in {"receipt", "opt_out"} or status is None:
        return []
    return [
        Receipt(
            attempt=attempt,
            event_key=event.key,
            status=status,
            provider_status=event.provider_status,
            at=one.at,
            received_at=one.received_at,
            detail={**event.detail, "may_pass": True} if event.may_pass else event.detail,
            provider_message_id=event.provider_message_id if event.kind == "receipt" else None,
        )
    ]


def _binds(one: Incoming) -> bool:
    return one.event.kind == "opt_out" and bool(one.event.address)


def _suppressing(one: Incoming, attempt: AttemptRef | None) -> Suppressing:
    return Suppressing(
        at=_address(one),
        reason="opt_out",
        source=wire("con", one.origin.connection_id),
        order_id=None if attempt is None else attempt.order_id,
    )


def _taken_back(these: Sequence[Incoming]) -> dict[str, list[Address]]:
    """Addresses that may be used again, by who says so."""
    found: dict[str, list[Address]] = {}
    for one in these:
        if one.event.kind == "opt_in" and one.event.address:
            found.setdefault(_actor(one), []).append(_address(one))
    return found


def _is_reply(one: Incoming, lifted: Set[Address]) -> bool:
    """Whether a person should read it: who says YES and has no STOP to take back, has answered something."""
    if one.event.kind == "opt_in":
        return bool(one.event.text) and _address(one) not in lifted
    return one.event.kind == "reply"


def _address(one: Incoming) -> Address:
    return Address(one.origin.storefront_id, one.origin.mode, one.origin.channel, one.event.address or "")


def _actor(one: Incoming) -> str:
    return f"provider/{one.origin.provider}"


def _opening(one: Incoming, attempt: AttemptRef | None, now: datetime) -> Opening:
    connection = wire("con", one.origin.connection_id)
    said = {"channel": one.origin.channel, "connection": connection, "from": one.event.address, "text": one.event.text}
    return Opening(
        storefront_id=one.origin.storefront_id,
        mode=one.origin.mode,
        order_id=None if attempt is None else attempt.order_id,
        kind="reply_received",
        cause=f"{connection}:{one.event.key}",
        opened_at=now,
        data=said if attempt is None else {"message": wire("msg", attempt.message_id), **said},
    )


def _entry(one: Incoming, attempt: AttemptRef | None, now: datetime) -> Entry:
    """The trail holds no personal data: neither who wrote nor what."""
    about = wire("con", one.origin.connection_id) if attempt is None else wire("msg", attempt.message_id)
    return Entry(
        storefront_id=one.origin.storefront_id,
        order_id=None if attempt is None else attempt.order_id,
        mode=one.origin.mode,
        kind="reply.received",
        subject=about,
        actor=_actor(one),
        at=now,
        data={"channel": one.origin.channel, "connection": wire("con", one.origin.connection_id)},
    )
