"""Changes what a storefront says of itself and decides for itself."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.etag import check_if_match
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.records.append import Entry, append
from tidings.storefronts.keep_rules import keep_rules
from tidings.storefronts.schemas import StorefrontChange
from tidings.storefronts.tables import StorefrontRow

# What clocks and decisions are judged by.
_RULES: Final = frozenset({"calendar", "policy", "time_zone"})


async def change_storefront(
    tx: Tx, change: StorefrontChange, *, actor: str, if_match: str | None = None, now: datetime
) -> StorefrontRow:
    """Change the storefront of this transaction; what is None stays.

    Raises:
        NotFound: it is gone.
        PreconditionFailed: the caller knows another version of it.
    """
    wanted = select(StorefrontRow).where(StorefrontRow.id == tx.scope.storefront_id).with_for_update()
    row = (await tx.session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFound
    check_if_match(if_match, row.version)
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


def _changed(row: StorefrontRow, name: str, value: object) -> bool:
    stored = _stored(value)
    if stored is None or stored == getattr(row, name):
        return False
    setattr(row, name, stored)
    return True


def _stored(value: object) -> Any:
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else value


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
