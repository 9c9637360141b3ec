"""Reads suppressed addresses, and adds one by hand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from tidings.delivery.address import checked_address
from tidings.delivery.suppress import Address, Suppressing, canonical, end, suppress
from tidings.delivery.tables import SuppressionRow
from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import Fault, InvalidInput, NotFound
from tidings.storefronts.kinds import Channel


@dataclass(frozen=True, slots=True)
class SuppressAddress:
    """Somebody of the staff does not want an address to be used."""

    channel: Channel
    address: str
    actor: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SuppressionFilter:
    """Which suppressions are asked for."""

    channel: Channel | None = None
    # Only those that stand now.
    standing: bool = True


async def suppress_address(tx: Tx, command: SuppressAddress, *, now: datetime) -> tuple[SuppressionRow, bool]:
    """Suppress it; one that is suppressed by hand already, and for as long, stays as it is.

    Returns:
        The suppression, and whether it is new.

    Raises:
        InvalidInput: it is not an address for the channel, or the end lies in the past.
    """
    if command.ends_at is not None and command.ends_at <= now:
        raise InvalidInput(faults=[Fault("/ends_at", "lies in the past")])
    checked = checked_address(command.channel, command.address, tx.scope.mode)
    at = Address(tx.scope.storefront_id, tx.scope.mode, command.channel, checked)
    made = await suppress(tx, [Suppressing(at, "manual", command.actor, ends_at=command.ends_at)], now=now)
    wanted = _ours(tx).where(
        SuppressionRow.channel == command.channel,
        SuppressionRow.address == canonical(command.channel, checked),
        SuppressionRow.reason == "manual",
    )
    return (await tx.session.scalars(wanted)).one(), bool(made)


async def end_suppression(tx: Tx, suppression_id: UUID | None, *, actor: str, now: datetime) -> None:
    """Let an address be used again; ending what has ended changes nothing.

    Raises:
        NotFound: there is no such suppression of the transaction's storefront and mode.
    """
    row = await suppression_by_id(tx, suppression_id)
    await end(tx, row.id, actor=actor, now=now)


async def suppression_by_id(tx: Tx, suppression_id: UUID | None) -> SuppressionRow:
    """One suppression.

    Raises:
        NotFound: there is no such suppression of the transaction's storefront and mode.
    """
    row = (await tx.session.scalars(_ours(tx).where(SuppressionRow.id == suppression_id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def suppressions_page(tx: Tx, asked: SuppressionFilter, window: Window, *, now: datetime) -> Page[SuppressionRow]:
    """Suppressions of the transaction's storefront and mode, newest first."""
    wanted = _ours(tx).order_by(SuppressionRow.id.desc())
    if asked.channel is not None:
        wanted = wanted.where(SuppressionRow.channel == asked.channel)
    if asked.standing:
        wanted = wanted.where(SuppressionRow.ends_at.is_(None) | (SuppressionRow.ends_at > now))
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(SuppressionRow.id < after[0])
    rows = (await tx.session.scalars(wanted.limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


def _ours(tx: Tx) -> Select[SuppressionRow]:
    return select(SuppressionRow).where(
        SuppressionRow.storefront_id == tx.scope.storefront_id, SuppressionRow.mode == tx.scope.mode
    )
