"""Stripe's payments on this machine: checks how it is asked, and answers as Stripe's own objects look."""

from typing import Any

from tests.doubles.wire import HttpDouble, Reply, Request

_VERSION = "2026-10-28.endive"
_INTENTS = "/v1/payment_intents/"


class StripeDouble(HttpDouble):
    """`api_key` is what a connection needs; `intents` are the payments that it knows, by their ids."""

    api_key = "sk_test_double_0123456789"

    def __init__(self) -> None:
        super().__init__()
        self.intents: dict[str, dict[str, Any]] = {}

    @property
    def settings(self) -> dict[str, Any]:
        """A connection's settings for this double."""
        return {"base_url": self.base_url}

    @property
    def secrets(self) -> dict[str, str]:
        """A connection's secrets for this double."""
        return {"api_key": self.api_key}

    def pay(self, intent: str, amount: int, currency: str = "eur", status: str = "succeeded", **more: Any) -> None:
        """Know this payment."""
        received = amount if status == "succeeded" else 0
        charge = {"object": "charge", "refunded": False, "amount_refunded": 0, "disputed": False}
        self.intents[intent] = {
            "id": intent,
            "object": "payment_intent",
            "amount": amount,
            "amount_received": received,
            "amount_capturable": amount if status == "requires_capture" else 0,
            "currency": currency,
            "status": status,
            "last_payment_error": None,
            "latest_charge": charge if received else None,
            "livemode": False,
            **more,
        }

    async def respond(self, request: Request) -> Reply:
        """A payment is read."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        return self._read(request)

    def _refusal(self, request: Request) -> Reply | None:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return error(401, "invalid_request_error", None, "Invalid API Key provided: sk_***")
        if request.headers.get("stripe-version") != _VERSION:
            return error(400, "invalid_request_error", None, "This version is not pinned")
        return None

    def _read(self, request: Request) -> Reply:
        if request.method != "GET" or not request.path.startswith(_INTENTS):
            return error(404, "invalid_request_error", None, f"Unrecognized request URL ({request.path})")
        found = self.intents.get(request.path.removeprefix(_INTENTS))
        if found is None:
            return error(404, "invalid_request_error", "resource_missing", "No such payment_intent")
        if request.query.get("expand[]") != "latest_charge":
            return Reply.of_json(200, {**found, "latest_charge": "ch_1"})
        return Reply.of_json(200, found)


def error(status: int, kind: str, code: str | None, message: str) -> Reply:
    """As Stripe words its refusals."""
    body = {"type": kind, "message": message} | ({} if code is None else {"code": code})
    return Reply.of_json(status, {"error": body}, {"request-id": "req_1"})
