"""What the order's receipt may ask of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidings.kit.scope import Scope

__all__ = ["Article", "Catalogue"]


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the shop sells it."""

    sku: str
    is_discontinued: bool = False
    # Minor units; None: sold at any price.
    unit_price: int | None = None
    currency: str | None = None


class Catalogue(Protocol):
    """Knows what a shop sells (SOP 4.1, accuracy); asked only for shops whose policy wants it."""

    async def articles(self, wanted: Mapping[Scope, Sequence[str]]) -> Mapping[Scope, Mapping[str, Article]]:
        """The articles of these numbers, by shop and number; what is not there is not sold."""
        ...
