"""What is asked, as bytes: all but a few digits is made once."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

Numbered = tuple[int, bytes]

# Seven digits follow: German mobile numbers, each order its own.
PHONE: Final = "+491511"
PHONES: Final = 10_000_000
_ADDRESS: Final = {
    "name": "Ada Byron", "line1": "Invalidenstraße 116", "line2": None, "city": "Berlin", "region": None,
    "postal_code": "10115", "country": "DE",
}  # fmt: skip
# An order as a shop posts it: two lines, shipping, everything that may be told. `%` marks what differs.
ORDER: Final[dict[str, Any]] = {
    "number": "%(number)s",
    "placed_at": "2026-11-23T09:14:07+01:00",
    "sales_channel": "web",
    "customer": {
        "name": "Ada Byron", "email": "ada%(serial)012d@example.com", "phone": PHONE + "%(phone)07d",
        "locale": "de-DE", "preferred_channel": "sms",
    },
    "billing_address": _ADDRESS,
    "shipping_address": _ADDRESS,
    "lines": [
        {"sku": "TEA-01", "name": "Green tea 100 g", "quantity": 2, "unit_price": {"amount": 990, "currency": "EUR"},
         "tax_rate": "0.07", "tax_category": "S", "kind": "product"},
        {"sku": "POT-07", "name": "Teapot, cast iron, 0.8 l", "quantity": 1,
         "unit_price": {"amount": 2450, "currency": "EUR"}, "tax_rate": "0.19", "tax_category": "S",
         "kind": "product", "warranty_months": 24},
    ],
    "shipping": {"price": {"amount": 490, "currency": "EUR"}, "tax_rate": "0.19"},
    "total": {"amount": 4920, "currency": "EUR"},
    "payment": {"method": "card", "provider": "stripe", "reference": "pi_%(serial)012d", "status": "authorised"},
    "estimated_delivery": {"from": "2026-11-26", "to": "2026-11-28"},
    "metadata": {"cart": "c-%(serial)012d"},
}  # fmt: skip


def order_body(serial: int, number: str) -> bytes:
    """One order."""
    return _template(ORDER) % {b"serial": serial, b"phone": serial % PHONES, b"number": number.encode()}


def orders(host: str, key: str, first: int) -> Iterator[Numbered]:
    """Different orders without end, each with its Idempotency-Key."""
    body = _positional(ORDER)
    head = _head("POST /v1/orders", host, key, len(body % _digits(0)))
    whole = head + body
    serial = first
    while True:
        yield serial, whole % (serial, *_digits(serial))
        serial += 1


def batches(host: str, key: str, first: int, size: int) -> Iterator[Numbered]:
    """The same, so many in each request."""
    body = _positional(ORDER)
    length = len(body % _digits(0)) * size + len(b'{"orders":[]}') + size - 1
    head = _head("POST /v1/orders/batch", host, key, length)
    serial = first
    while True:
        many = b",".join([body % _digits(serial + n) for n in range(size)])
        yield serial, b'%s{"orders":[%s]}' % (head % serial, many)
        serial += size


def callbacks(host: str, path: Path) -> Iterator[Numbered]:
    """Twilio's callbacks, signed by Twilio's own package, as they were ordered in a file; they end.

    Args:
        host: where they are sent to.
        path: {"token", "url" (as the provider was given it, without the attempt), "account", "attempts": [[attempt's
            id, message's SID, phone number], …]} as JSON.
    """
    asked = json.loads(path.read_text("utf-8"))
    validator, base = RequestValidator(asked["token"]), str(asked["url"])
    target = "/" + base.partition("://")[2].partition("/")[2]
    signed = [_callback(validator, base, target, host, asked["account"], row) for row in asked["attempts"]]
    yield from enumerate(signed)


def _callback(
    validator: RequestValidator, base: str, target: str, host: str, account: str, row: Sequence[str]
) -> bytes:
    attempt, sid, phone = row
    fields = {
        "AccountSid": account, "ApiVersion": "2010-04-01", "From": "+15005550006", "MessageSid": sid,
        "MessageStatus": "delivered", "SmsSid": sid, "SmsStatus": "delivered", "To": phone,
    }  # fmt: skip
    query = f"?a={attempt}"
    seal = validator.compute_signature(base + query, fields)
    body = urlencode(fields)
    return (
        f"POST {target}{query} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        f"x-twilio-signature: {seal}\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _template(order: dict[str, Any]) -> bytes:
    return json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()


def _positional(order: dict[str, Any]) -> bytes:
    """The same with marks by place: in the order in which `_digits` gives them."""
    text = _template(order | {"number": "B-%(serial)012d"})
    return text.replace(b"%(serial)", b"%").replace(b"%(phone)", b"%")


def _digits(serial: int) -> tuple[int, ...]:
    """Number, e-mail, phone, payment, cart."""
    return serial, serial, serial % PHONES, serial, serial


def _head(line: str, host: str, key: str, length: int) -> bytes:
    return (
        f"{line} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"idempotency-key: k-%012d\r\ncontent-length: {length}\r\n\r\n"
    ).encode()
