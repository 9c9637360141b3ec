"""Whether an order names what the shop sells, and at its price (SOP 4.1), for shops whose policy asks. Pure."""

from collections.abc import Mapping, Sequence

from tidings.orders.findings import Findings
from tidings.orders.ports import Article
from tidings.orders.schemas import PlaceLine
from tidings.storefronts.rules import ShopRules


def has_catalogue(shop: ShopRules) -> bool:
    """Whether this shop's orders are checked against what it sells; all others pay nothing for it."""
    return shop.policy.verification.accuracy != "none"


def check_articles(lines: Sequence[PlaceLine] | None, articles: Mapping[str, Article], findings: Findings) -> None:
    """Report what is not sold, not sold any more, or sold at another price; it may come right later."""
    for n, line in enumerate(lines or ()):
        article = articles.get(line.sku or "")
        if article is None:
            # Services are done, and lie in no store.
            if line.sku and line.kind != "service":
                findings.lacks(f"/lines/{n}/sku", "is not an article of this storefront")
        elif article.is_discontinued:
            findings.lacks(f"/lines/{n}/sku", "is not sold any more")
        elif line.unit_price is not None and _differs(line, article):
            findings.lacks(f"/lines/{n}/unit_price", f"is not its price, {article.unit_price} {article.currency}")


def _differs(line: PlaceLine, article: Article) -> bool:
    if article.unit_price is None or line.unit_price is None:
        return False
    return (line.unit_price.amount, line.unit_price.currency) != (article.unit_price, article.currency)
