"""Sample orders that every template is tried with: short and long, in many scripts, currencies and countries.

For the check, the preview and the tests. Made up, but for the words that are wrong on purpose. What happens to these
orders stands in occasions.py.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tidings.storefronts.kinds import Channel
from tidings.templates.messages import RenderRequest
from tidings.templates.occasions import occasion
from tidings.templates.shop import Brand, Contact, Legal, Shop

Json = dict[str, Any]

SHOP: Final = Shop(
    name="Demo Teahouse",
    brand=Brand(color="#1f6f54", url="https://shop.example"),
    contact=Contact(
        email="help@shop.example", phone="+49 30 5550100", url="https://shop.example/help", hours="Mon-Fri 9:00-17:00"
    ),
    legal=Legal(
        company="Demo Teahouse GmbH",
        address="Invalidenstr. 117, 10115 Berlin",
        registration="Amtsgericht Charlottenburg, HRB 000000",
        vat_id="DE000000000",
    ),
    locale="de-DE",
    time_zone="Europe/Berlin",
    currency="EUR",
)
LINKS: Final = {
    "order": "https://shop.example/o/sample-token",
    # As long as a real one: text messages must have room for it.
    "documents": f"https://shop.example/d/{'sample-token' * 8}",
    "feedback": f"https://shop.example/f/{'sample-token' * 8}",
}

_PLACE: Final = ("name", "line1", "city", "region", "postal_code", "country")


def _at(*parts: str | None) -> Json:
    return {part: value for part, value in zip(_PLACE, parts, strict=True) if value}


def _euros(amount: int) -> Json:
    return {"amount": amount, "currency": "EUR"}


def _line(number: int, name: str, quantity: int, price: Json, kind: str = "product") -> Json:
    sku = f"TEA-{number:02}"
    return {"line": number, "sku": sku, "name": name, "quantity": quantity, "unit_price": price, "kind": kind}


def _order() -> Json:
    """What the manual shows: two packets of tea to Berlin."""
    return {
        "id": "ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b",
        "number": "W-10045",
        "status": "received",
        "placed_at": "2026-11-23T09:14:07+01:00",
        "received_at": "2026-11-23T08:14:08Z",
        "sales_channel": "web",
        "customer": {"name": "Ada Byron", "email": "ada@example.com", "locale": "de-DE", "preferred_channel": "email"},
        "billing_address": _at("Ada Byron", "Invalidenstr. 117", "Berlin", None, "10115", "DE"),
        "shipping_address": _at("Ada Byron", "Invalidenstr. 117", "Berlin", None, "10115", "DE"),
        "lines": [_line(1, "Green tea 100 g", 2, _euros(990))],
        "shipping": {"price": _euros(490), "tax_rate": "0.19"},
        "discount": None,
        "total": _euros(2470),
        "prices_include_tax": True,
        "payment": {"method": "card", "status": "authorised"},
        "estimated_delivery": {"from": "2026-11-26", "to": "2026-11-28"},
        "missing": [],
    }


def _short(order: Json) -> None:
    """As it is."""


def _long(order: Json) -> None:
    """Thirty lines, long names, a discount with its reason, a service; prices without tax."""
    name = "Single-estate first-flush tea no. {}, hand-picked, in a tin with an aroma seal"
    order["lines"] = [_line(number, name.format(number), number, _euros(1250)) for number in range(1, 30)]
    order["lines"].append(_line(30, "Tea tasting for two, one evening", 1, _euros(8900), "service"))
    order["discount"] = {"price": _euros(5000), "reason": "Welcome back"}
    order["prices_include_tax"] = False
    order["total"] = _euros(655_000)
    order["billing_address"]["line2"] = "c/o Analytical Engines, rear building, third floor, ring twice"


def _emoji(order: Json) -> None:
    order["customer"]["name"] = "Ada 🧮 Byron"
    order["lines"][0]["name"] = "Matcha 🍵 family set 👩‍👩‍👧‍👦, with whisk"


def _right_to_left(order: Json) -> None:
    order["customer"] |= {"name": "آدا بايرون", "locale": "ar"}
    order["lines"][0]["name"] = "شاي أخضر 100 غ (عبوة)"
    where = ("آدا بايرون", "شارع الخليج العربي 12", "مدينة الكويت", None, "13001", "KW")
    order |= {"billing_address": _at(*where), "shipping_address": _at(*where)}


def _yen(order: Json) -> None:
    """No minor units, and the address from the large to the small."""
    order["customer"] |= {"name": "エイダ・バイロン", "locale": "ja-JP"}
    order["lines"] = [_line(1, "煎茶 100 g", 3, {"amount": 1200, "currency": "JPY"})]
    order |= {"shipping": None, "total": {"amount": 3600, "currency": "JPY"}}
    where = ("エイダ・バイロン", "神南1-1-1", "渋谷区", "東京都", "150-0041", "JP")
    order |= {"billing_address": _at(*where), "shipping_address": _at(*where)}


def _dinar(order: Json) -> None:
    """Three minor units."""
    order["lines"] = [_line(1, "Cardamom tea", 1, {"amount": 12_750, "currency": "KWD"})]
    order |= {"shipping": None, "total": {"amount": 12_750, "currency": "KWD"}}


def _america(order: Json) -> None:
    order["customer"]["locale"] = "en-US"
    order["lines"] = [_line(1, "Iced tea, 12 fl oz", 6, {"amount": 349, "currency": "USD"})]
    order |= {"shipping": None, "total": {"amount": 2094, "currency": "USD"}}
    where = ("Ada Byron", "1600 Amphitheatre Pkwy", "Mountain View", "CA", "94043", "US")
    order |= {"billing_address": _at(*where), "shipping_address": _at(*where)}


def _britain(order: Json) -> None:
    """Two addresses in two countries."""
    order["customer"]["locale"] = "en-GB"
    order["shipping_address"] = _at("Ada Byron", "12 St James's Square", "London", None, "SW1Y 4JH", "GB")


def _empty(order: Json) -> None:
    """Nothing that may be left out."""
    order.update(customer=None, placed_at=None, shipping=None, discount=None, payment=None)
    order["lines"] = [_line(1, "Green tea 100 g", 1, _euros(2470)) | {"sku": None, "kind": None}]


def _hostile(order: Json) -> None:
    """What somebody types who wants to see it break."""
    order["number"] = "W-{{ 7*7 }}\r\nBcc: all@example.com"
    order["customer"]["name"] = "Ada {{ ''.__class__.__mro__ }}{% raw %} <img src=x onerror=alert(1)>"
    order["lines"][0]["name"] = '</script><script>alert(1)</script> {# tea #} \u202eaet\u0000\ud800 & "co"'
    order["shipping_address"]["line2"] = "<!-- --> ]]> {{ shop }}"


_VARIANTS: Final[Mapping[str, Callable[[Json], None]]] = {
    "short": _short,
    "long": _long,
    "emoji": _emoji,
    "right-to-left": _right_to_left,
    "yen": _yen,
    "dinar": _dinar,
    "america": _america,
    "britain": _britain,
    "empty": _empty,
    "hostile": _hostile,
}
SAMPLES: Final = tuple(_VARIANTS)


def snapshot(sample: str, milestone: str) -> Json:
    """The snapshot of a sample order at a milestone; a new one each time.

    Args:
        sample: one of SAMPLES.
        milestone: what has happened to the order stands beside it.
    """
    order = _order()
    _VARIANTS[sample](order)
    return {"order": order, **occasion(sample, milestone, order)}


def request(milestone: str, channel: Channel, locale: str, sample: str = "short") -> RenderRequest:
    """A request that renders a sample as the demo shop would send it."""
    return RenderRequest(
        milestone=milestone,
        channel=channel,
        locale=locale,
        time_zone=SHOP.time_zone,
        snapshot=snapshot(sample, milestone),
        shop=SHOP,
        links=LINKS,
    )
