"""Keeps an article as it is told as a whole: counted, and with all that is said of it."""

from dataclasses import dataclass
from datetime import datetime

from tidings.kit.db import Tx
from tidings.kit.etag import check_if_match
from tidings.kit.money import Money
from tidings.verification.articles import article_for_update
from tidings.verification.change_article import ChangeArticle, change_article
from tidings.verification.count import CountStock, count_stock
from tidings.verification.tables import StockRow


@dataclass(frozen=True, slots=True)
class KeepArticle:
    """An article as it is from now on."""

    sku: str
    on_hand: int
    reason: str | None
    is_discontinued: bool
    unit_price: Money | None
    actor: str
    if_match: str | None = None


async def keep_article(tx: Tx, command: KeepArticle, *, now: datetime) -> StockRow:
    """Keep it; one that the ledger did not know is there from now on.

    Raises:
        PreconditionFailed: the caller knows another version of it.
        StockReserved: fewer than are promised to orders.
    """
    row = await article_for_update(tx, command.sku, now)
    check_if_match(command.if_match, row.version)
    if command.on_hand != row.on_hand or not row.version:
        counted = CountStock(command.sku, "counted", command.on_hand, command.reason, command.actor)
        await count_stock(tx, counted, now=now)
    change = ChangeArticle(command.sku, command.actor, command.is_discontinued, (command.unit_price,))
    return await change_article(tx, change, now=now)
