"""The stock ledger as the catalogue that orders are checked against at their receipt (SOP 4.1, accuracy)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from tidings.kit.db import Begin
from tidings.kit.scope import Scope
from tidings.orders.ports import Article
from tidings.verification.tables import StockRow


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
        asked = select(StockRow.sku, StockRow.is_discontinued, StockRow.unit_price, StockRow.currency).where(
            StockRow.storefront_id == scope.storefront_id, StockRow.mode == scope.mode, StockRow.sku.in_(set(skus))
        )
        async with self._begin.reading(scope) as tx:
            rows = await tx.session.execute(asked)
            return {row.sku: Article(row.sku, row.is_discontinued, row.unit_price, row.currency) for row in rows}
