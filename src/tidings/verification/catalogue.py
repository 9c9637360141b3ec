"""The stock ledger as the catalogue that orders are checked against at their receipt (SOP 4.1, accuracy)."""

from collections.abc import Mapping, Sequence

from tidings.kit.db import Begin
from tidings.kit.scope import Scope
from tidings.orders.ports import Article

# An array, because a batch may name more articles than a statement has parameters.
_ARTICLES = """
SELECT sku, is_discontinued, unit_price, currency FROM stock
WHERE storefront_id = $1 AND mode = $2 AND sku = ANY ($3::text[])
"""


class LedgerCatalogue:
    """Knows what lies in the ledger; one question for each shop, however many orders."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def articles(self, wanted: Mapping[Scope, Sequence[str]]) -> Mapping[Scope, Mapping[str, Article]]:
        """The articles of these numbers, by shop and number."""
        return {scope: await self._of_shop(scope, skus) for scope, skus in wanted.items()}

    async def _of_shop(self, scope: Scope, skus: Sequence[str]) -> Mapping[str, Article]:
        if not skus:
            return {}
        async with self._begin.reading(scope) as tx:
            rows = await tx.raw.fetch(_ARTICLES, scope.storefront_id, scope.mode, list(skus))
        return {row["sku"]: Article(**row) for row in rows}
