"""The shops' rules, read once and kept for some seconds: every order and every message needs them."""

import time
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Begin, Tx
from tidings.kit.problem import NotFound
from tidings.kit.turns import Turns
from tidings.storefronts.policy import policy_of
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.tables import StorefrontRow


class ShopBook:
    """Looks up ShopRules; a change of a storefront is seen by every process within `keep_seconds`."""

    def __init__(self, begin: Begin, *, keep_seconds: float = 5) -> None:
        self._begin = begin
        self._keep_seconds = keep_seconds
        self._kept: dict[UUID, tuple[float, ShopRules]] = {}
        self._turns = Turns()

    async def of(self, storefront_id: UUID) -> ShopRules:
        """The rules of one shop.

        Raises:
            NotFound: there is no such storefront.
        """
        kept = self.kept(storefront_id)
        return kept if kept is not None else await self._found(storefront_id)

    async def _found(self, storefront_id: UUID) -> ShopRules:
        async with self._turns.of(storefront_id):
            rules = self.kept(storefront_id)
            if rules is None:
                async with self._begin.across() as tx:
                    rules = await shop_rules(tx, storefront_id)
                self._kept[storefront_id] = (time.monotonic() + self._keep_seconds, rules)
            return rules

    def kept(self, storefront_id: UUID) -> ShopRules | None:
        """The rules if they are at hand, without asking the database."""
        until, rules = self._kept.get(storefront_id, (0.0, None))
        return rules if rules is not None and time.monotonic() < until else None

    def forget(self, storefront_id: UUID) -> None:
        """Read it anew next time: this process has changed it."""
        self._kept.pop(storefront_id, None)


async def shop_rules(tx: Tx, storefront_id: UUID) -> ShopRules:
    """The rules of one shop, from the database.

    Raises:
        NotFound: there is no such storefront.
    """
    row = (await tx.session.scalars(select(StorefrontRow).where(StorefrontRow.id == storefront_id))).one_or_none()
    if row is None:
        raise NotFound
    return ShopRules(
        storefront_id=row.id,
        slug=row.slug,
        name=row.name,
        locale=row.locale,
        time_zone=row.time_zone,
        currency=row.currency,
        sales_channels=frozenset(row.sales_channels),
        calendar=row.calendar,
        policy=policy_of(row.policy),
        brand=row.brand,
        contact=row.contact,
        legal=row.legal,
        version=row.version,
    )
