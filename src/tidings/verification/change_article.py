"""Changes what the ledger says of an article beside its numbers: whether it is still sold, and its price."""

from dataclasses import dataclass
from datetime import datetime

from tidings.kit.db import Tx
from tidings.kit.etag import check_if_match
from tidings.kit.money import Money
from tidings.kit.problem import NotFound
from tidings.records.append import Entry, append
from tidings.verification.articles import articles_for_update, touch
from tidings.verification.tables import StockRow


@dataclass(frozen=True, slots=True)
class ChangeArticle:
    """What is to be changed of an article."""

    sku: str
    actor: str
    # None stays.
    is_discontinued: bool | None = None
    # As a list of one, so that "any price" can be told from "as before".
    unit_price: tuple[Money | None] | None = None
    if_match: str | None = None


async def change_article(tx: Tx, command: ChangeArticle, *, now: datetime) -> StockRow:
    """Change an article; what is the same already changes nothing.

    Raises:
        NotFound: the ledger does not know it.
        PreconditionFailed: the caller knows another version of it.
    """
    row = (await articles_for_update(tx, [command.sku])).get(command.sku)
    if row is None:
        raise NotFound
    check_if_match(command.if_match, row.version)
    changed = set_apart(row, command)
    if changed:
        touch(row, now)
        await tx.flush()
        await append(tx, _entry(tx, row, command, changed, now))
    return row


def set_apart(row: StockRow, command: ChangeArticle) -> list[str]:
    """Give the row its new values; says which were new."""
    changed = []
    if command.is_discontinued is not None and command.is_discontinued != row.is_discontinued:
        row.is_discontinued = command.is_discontinued
        changed.append("is_discontinued")
    if command.unit_price is not None:
        (price,) = command.unit_price
        before = (row.unit_price, row.currency)
        row.unit_price, row.currency = (None, None) if price is None else (price.amount, price.currency)
        if (row.unit_price, row.currency) != before:
            changed.append("unit_price")
    return changed


def _entry(tx: Tx, row: StockRow, command: ChangeArticle, changed: list[str], now: datetime) -> Entry:
    return Entry(
        storefront_id=row.storefront_id,
        order_id=None,
        mode=tx.scope.mode,
        kind="article.changed",
        subject=row.sku,
        actor=command.actor,
        at=now,
        data={"sku": row.sku, "changed": changed, "version": row.version},
    )
