"""What was ordered, and what it costs."""

from tidings.templates import reading
from tidings.templates.errors import Unrenderable
from tidings.templates.language import Language
from tidings.templates.reading import Amount, Node
from tidings.templates.sections.material import Material


def products(material: Material) -> None:
    """What was ordered, and what it costs."""
    given, language = material.order, material.language
    lines = reading.nodes(given, "lines", "/order")
    if not lines:
        raise Unrenderable("is missing", "/order/lines")
    total = reading.money(given, "total", "/order")
    read = [_line(line) for line in lines]
    material.lists["items"] = [(quantity, name) for quantity, name, _ in read]
    material.names["total"] = language.formats.money(*total)
    if material.has_tables:
        rows = [_row(line, bought, language) for line, bought in zip(lines, read, strict=True)]
        sum_of_lines = sum(quantity * price for quantity, _, (price, _) in read)
        material.names.update(
            products=rows,
            sums=_sums(given, sum_of_lines, total, language),
            tax_note=language.label("tax_excluded" if given.get("prices_include_tax") is False else "tax_included"),
        )


_Bought = tuple[int, str, Amount]


def _line(line: Node) -> _Bought:
    where = "/order/lines"
    return (
        reading.whole(line, "quantity", where),
        reading.text(line, "name", where),
        reading.money(line, "unit_price", where),
    )


def _row(line: Node, bought: _Bought, language: Language) -> tuple[int, str, str, str]:
    quantity, name, (price, currency) = bought
    amount = language.formats.money(quantity * price, currency)
    return quantity, language.isolated(name), _details(line, quantity, (price, currency), language), amount


def _details(line: Node, quantity: int, price: Amount, language: Language) -> str:
    sku = reading.maybe_text(line, "sku", "/order/lines", 100)
    parts = [language.label("item_number", sku=language.isolated(sku))] if sku else []
    if quantity != 1:
        parts.append(f"{language.formats.money(*price)} {language.label('each')}")
    return " · ".join(parts)


def _sums(given: Node, sum_of_lines: int, total: Amount, language: Language) -> list[tuple[str, str]]:
    """Shipping, discount and tax, where there are any."""
    rows, tax = [], total[0] - sum_of_lines
    shipping = reading.maybe_charge(given, "shipping", "/order")
    if shipping is not None:
        rows.append((language.label("shipping"), language.formats.money(*shipping)))
        tax -= shipping[0]
    discount = reading.maybe_charge(given, "discount", "/order")
    if discount is not None and discount[0]:
        reason = language.isolated(reading.maybe_text(given["discount"], "reason", "/order/discount"))
        title = language.label("discount") + (f" ({reason})" if reason else "")
        rows.append((title, language.formats.money(-discount[0], discount[1])))
        tax += discount[0]
    if given.get("prices_include_tax") is False and tax > 0:
        rows.append((language.label("tax"), language.formats.money(tax, total[1])))
    return rows


def known_products(material: Material) -> None:
    """The same, if it is known: an order can end before it is complete."""
    try:
        products(material)
    except Unrenderable:
        material.names["shows_products"] = False
    else:
        material.names["shows_products"] = True
