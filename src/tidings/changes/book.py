"""The rules that a request is judged by: those that were in force when it came in, whatever the shop changes later.

Whoever asks can read the policy and must be able to rely on it; and the approvals that were recorded under one version
must mean the same when the last one comes. Only where the order stands is judged at the moment of the decision.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tidings.kit.db import Tx
from tidings.storefronts.keep_rules import newest_rules, rules_of_versions
from tidings.storefronts.policy import Policy, policy_of
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules


@dataclass(frozen=True, slots=True)
class Book:
    """One version of a shop's rules, as far as changes go."""

    version: int
    policy: Policy


async def present_book(tx: Tx, shop: ShopRules) -> Book:
    """The rules in force now, under the version that they were kept as."""
    kept = await newest_rules(tx, shop.storefront_id)
    return Book(kept.version if kept is not None else shop.version, shop.policy)


async def books_of(tx: Tx, storefront_id: UUID, versions: Collection[int]) -> dict[int, Book]:
    """The rules of these versions; for one that was never kept (a shop of before), the present ones."""
    if not versions:
        return {}
    kept = await rules_of_versions(tx, storefront_id, versions)
    found = {version: Book(version, policy_of(row.policy)) for version, row in kept.items()}
    missing = set(versions) - set(found)
    if missing:
        present = (await shop_rules(tx, storefront_id)).policy
        found |= {version: Book(version, present) for version in missing}
    return found
