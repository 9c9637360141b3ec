"""Stripe's refunds on this machine: one for each idempotency key, found again by id or by payment."""

from dataclasses import dataclass
from typing import Any

from tests.doubles.wire import HttpDouble, Reply, Request
from tidings.kit.ids import new_id


@dataclass(slots=True)
class PaidBack:
    """A refund that Stripe made."""

    id: str
    key: str
    form: dict[str, str]
    status: str = "succeeded"
    failure_reason: str | None = None

    def resource(self) -> dict[str, Any]:
        marks = {name[9:-1]: value for name, value in self.form.items() if name.startswith("metadata[")}
        return {
            "id": self.id,
            "object": "refund",
            "amount": int(self.form["amount"]),
            "metadata": marks,
            "payment_intent": self.form.get("payment_intent"),
            "status": self.status,
            "failure_reason": self.failure_reason,
        }


class StripeRefundsDouble(HttpDouble):
    """`made` is what was paid back, by idempotency key; keys are pruned by `forget_keys`, refunds never."""

    api_key = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
    version = "2026-10-28.endive"

    def __init__(self, *, status: str = "succeeded") -> None:
        super().__init__()
        self._status = status
        self._keys: dict[str, PaidBack] = {}
        self.made: list[PaidBack] = []

    @property
    def settings(self) -> dict[str, Any]:
        return {"base_url": self.base_url}

    @property
    def secrets(self) -> dict[str, str]:
        return {"api_key": self.api_key}

    def forget_keys(self) -> None:
        """As Stripe may after 24 hours."""
        self._keys.clear()

    async def respond(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return refusal(401, "invalid_request_error", "Invalid API Key provided")
        if request.headers.get("stripe-version") != self.version:
            return refusal(400, "invalid_request_error", "Another version was meant")
        if request.path == "/v1/refunds":
            return self._create(request) if request.method == "POST" else self._list(request)
        found = [Reply.of_json(200, each.resource()) for each in self.made if request.path == f"/v1/refunds/{each.id}"]
        return found[0] if found else refusal(404, "invalid_request_error", "No such refund", "resource_missing")

    def _list(self, request: Request) -> Reply:
        wanted = request.query["payment_intent"]
        found = [each.resource() for each in self.made if each.form.get("payment_intent") == wanted]
        return Reply.of_json(200, {"object": "list", "data": found, "has_more": False})

    def _create(self, request: Request) -> Reply:
        key, form = request.headers["idempotency-key"], request.form()
        known = self._keys.get(key)
        if known is not None and known.form != form:
            return refusal(400, "idempotency_error", "Keys for idempotent requests can only be used with the same")
        if known is None:
            known = PaidBack(f"re_{new_id().hex[:24]}", key, form, self._status)
            self._keys[key] = known
            self.made.append(known)
        return Reply.of_json(200, known.resource())


def refusal(status: int, kind: str, message: str, code: str | None = None) -> Reply:
    return Reply.of_json(status, {"error": {"type": kind, "message": message, "code": code}})
