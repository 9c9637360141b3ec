"""Keeps a shop's rules as they are in force from now on, so that what was decided by them can be understood later."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.storefronts.tables import RuleBookRow, StorefrontRow


def keep_rules(tx: Tx, row: StorefrontRow, *, actor: str, now: datetime) -> None:
    """Write down the rules under the storefront's present version; part of whoever has changed it."""
    tx.session.add(
        RuleBookRow(
            storefront_id=row.id,
            version=row.version,
            time_zone=row.time_zone,
            calendar=row.calendar,
            policy=row.policy,
            from_at=now,
            changed_by=actor,
        )
    )


async def rules_during(tx: Tx, storefront_id: UUID, since: datetime, until: datetime) -> list[RuleBookRow]:
    """The rules that were in force at any time between two instants, in their order."""
    first = await rules_in_force(tx, storefront_id, since)
    if first is None:
        return []
    wanted = select(RuleBookRow).where(
        RuleBookRow.storefront_id == storefront_id,
        RuleBookRow.version > first.version,
        RuleBookRow.from_at > since,
        RuleBookRow.from_at < until,
    )
    return [first, *await tx.session.scalars(wanted.order_by(RuleBookRow.version))]


async def rules_before(tx: Tx, storefront_id: UUID, version: int) -> RuleBookRow | None:
    """The rules that a version took the place of."""
    earlier = select(RuleBookRow).where(RuleBookRow.storefront_id == storefront_id, RuleBookRow.version < version)
    return (await tx.session.scalars(earlier.order_by(RuleBookRow.version.desc()).limit(1))).one_or_none()


async def rules_in_force(tx: Tx, storefront_id: UUID, at: datetime) -> RuleBookRow | None:
    """The rules that were in force at an instant; the first ones for what came before them."""
    wanted = select(RuleBookRow).where(RuleBookRow.storefront_id == storefront_id)
    latest = wanted.where(RuleBookRow.from_at <= at).order_by(RuleBookRow.version.desc()).limit(1)
    found = (await tx.session.scalars(latest)).one_or_none()
    return found or (await tx.session.scalars(wanted.order_by(RuleBookRow.version).limit(1))).one_or_none()


async def newest_rules(tx: Tx, storefront_id: UUID) -> RuleBookRow | None:
    """The rules as they were last changed; None where none have been kept yet."""
    wanted = select(RuleBookRow).where(RuleBookRow.storefront_id == storefront_id)
    return (await tx.session.scalars(wanted.order_by(RuleBookRow.version.desc()).limit(1))).one_or_none()


async def rules_of_versions(tx: Tx, storefront_id: UUID, versions: Collection[int]) -> dict[int, RuleBookRow]:
    """The rules of these versions, as far as they were kept."""
    wanted = select(RuleBookRow).where(
        RuleBookRow.storefront_id == storefront_id, RuleBookRow.version.in_(set(versions))
    )
    return {row.version: row for row in await tx.session.scalars(wanted)}
