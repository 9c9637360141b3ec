"""Changes what a storefront says of itself and decides for itself."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import select

from tidings.kit.addresses import Unusable, email_address
from tidings.kit.db import Tx
from tidings.kit.etag import check_if_match
from tidings.kit.ids import wire
from tidings.kit.problem import Fault, InvalidInput, NotFound
from tidings.records.append import Entry, append
from tidings.storefronts.calendar_schemas import Calendar
from tidings.storefronts.days import is_closed_for_a_year
from tidings.storefronts.errors import RetentionTooShort
from tidings.storefronts.keep_rules import keep_rules
from tidings.storefronts.policy import Desk, Policy, policy_of
from tidings.storefronts.schemas import StorefrontChange
from tidings.storefronts.tables import StorefrontRow
from tidings.storefronts.terms import asked_terms, country_of

# What clocks and decisions are judged by.
_RULES: Final = frozenset({"calendar", "policy", "time_zone"})


async def change_storefront(
    tx: Tx,
    change: StorefrontChange,
    *,
    actor: str,
    if_match: str | None = None,
    now: datetime,
    at: str | None = None,
) -> StorefrontRow:
    """Change the storefront of this transaction; what is None stays.

    Args:
        tx: its transaction.
        change: what is to be changed.
        actor: who does it.
        if_match: the version that the caller knows.
        now: the present instant.
        at: where the calendar, or the policy, stands in what the caller sent; None: under its name.

    Raises:
        NotFound: it is gone.
        PreconditionFailed: the caller knows another version of it.
        InvalidInput: by its new calendar the shop would be closed for a year, or its desk could not be written to.
        RetentionTooShort: something would not be kept as long as it must be.
    """
    row = await storefront_for_update(tx)
    check_if_match(if_match, row.version)
    if change.policy is not None:
        refuse_too_short(change.policy, _country(row, change))
        refuse_unwritable(change.policy.desk, policy_of(row.policy).desk, at="/policy" if at is None else at)
    if change.calendar is not None:
        refuse_closed_for_a_year(change.calendar, now.date(), at="/calendar" if at is None else at)
    changed = [name for name in type(change).model_fields if _changed(row, name, getattr(change, name))]
    if not changed:
        return row
    row.version += 1
    row.updated_at = now
    if _RULES.intersection(changed):
        keep_rules(tx, row, actor=actor, now=now)
    await tx.flush()
    await append(tx, _entry(row, changed, actor, now))
    return row


async def storefront_for_update(tx: Tx) -> StorefrontRow:
    """The storefront of this transaction, locked until it ends.

    Raises:
        NotFound: it is gone.
    """
    wanted = select(StorefrontRow).where(StorefrontRow.id == tx.scope.storefront_id).with_for_update()
    row = (await tx.session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row


def refuse_closed_for_a_year(calendar: Calendar, today: date, *, at: str) -> None:
    """A promise in business time must have a due time.

    Raises:
        InvalidInput: there comes a year without any opening.
    """
    if is_closed_for_a_year(calendar.model_dump(mode="json", exclude_none=True), today):
        raise InvalidInput(faults=[Fault(at, "does not open for a whole year: no promise would ever be due")])


def refuse_too_short(policy: Policy, country: str | None) -> None:
    """A shop may keep everything longer than it must, and nothing shorter.

    Raises:
        RetentionTooShort: something would not be kept as long as it must be.
    """
    short = [term for term in asked_terms(policy.retention, country) if term.months < term.least]
    if short:
        raise RetentionTooShort(
            too_short=[
                {"kind": term.kind, "months": term.months, "least": term.least, "why": term.why} for term in short
            ]
        )


def refuse_unwritable(desk: Desk, known: Desk, *, at: str) -> None:
    """Staff can only be told at addresses of e-mail; one that is there already stays, whatever it is.

    Raises:
        InvalidInput: a new one is none.
    """
    faults = []
    for name in ("email", "delegate_email"):
        given = getattr(desk, name)
        if given is None or given == getattr(known, name):
            continue
        try:
            email_address(given, test=True)
        except Unusable as fault:
            faults.append(Fault(f"{at}/desk/{name}", str(fault)))
    if faults:
        raise InvalidInput(faults=faults)


def _country(row: StorefrontRow, change: StorefrontChange) -> str | None:
    legal = row.legal if change.legal is None else change.legal.model_dump(exclude_none=True)
    return country_of(legal, change.locale or row.locale)


def _changed(row: StorefrontRow, name: str, value: object) -> bool:
    stored = _stored(value)
    if stored is None or stored == _in_full(name, getattr(row, name)):
        return False
    setattr(row, name, stored)
    return True


def _stored(value: object) -> Any:
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else value


def _in_full(name: str, known: Any) -> Any:
    """What is stored, told like what is asked for: a new shop's rules are stored without what is as by default."""
    match name:
        case "policy":
            return _stored(policy_of(known))
        case "calendar":
            # Not judged anew: one that would not be taken any more can still be replaced.
            return _stored(Calendar()) | known
        case _:
            return known


def _entry(row: StorefrontRow, changed: list[str], actor: str, now: datetime) -> Entry:
    return Entry(
        storefront_id=row.id,
        order_id=None,
        mode=None,
        kind="storefront.changed",
        subject=wire("stf", row.id),
        actor=actor,
        at=now,
        # Which parts; what they say now is in the storefront, and contact data has no place in records.
        data={"changed": changed, "version": row.version},
    )
