"""A system of the shop's own, asked over HTTP whether an order is paid or in stock.

One POST to `{base_url}/payment-checks` or `{base_url}/stock-checks`, signed as Standard Webhooks sign (the id is the
same on every retry), answered with `{"outcome": "passed" | "failed" | "pending", "reason": …}`. See docs/verifiers.md.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field, field_validator

from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse
from tidings.adapters.provider import BaseUrl, Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.adapters.retry_after import retry_after
from tidings.adapters.signatures import standard_signature
from tidings.adapters.wording import reason
from tidings.kit.clock import Clock
from tidings.verification.ports import ConnectionConfig, Failed, NotYet, Passed, Question, Silent, Verdict, Verifier

# Answers that no later try will change, until somebody mends the address or the secret.
_BROKEN: Final = frozenset((301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422))
_ANSWERED: Final = frozenset((200, 201))
_ANY_MOMENT: Final = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


class HttpVerifierSettings(ProviderSettings):
    """Where it is asked."""

    base_url: BaseUrl = Field(description="Checks are posted to `/payment-checks` and `/stock-checks` below it")


class HttpVerifierSecrets(ProviderSecrets):
    """What questions are signed with."""

    signing_secret: str = Field(description="`whsec_` and 24 to 64 random bytes in base64; known to both sides")

    @field_validator("signing_secret")
    @classmethod
    def _can_sign(cls, value: str) -> str:
        standard_signature("id", _ANY_MOMENT, b"", value)
        return value


def request(settings: HttpVerifierSettings, secret: str, question: Question, now: datetime) -> HttpRequest:
    """The question as it is posted."""
    body = json.dumps(_told(question), separators=(",", ":"), ensure_ascii=False).encode()
    fields = {
        "content-type": "application/json",
        "webhook-id": question.key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": standard_signature(question.key, now, body, secret),
    }
    return HttpRequest("POST", f"{settings.base_url}/{question.check}-checks", fields, body)


def _told(question: Question) -> Mapping[str, Any]:
    return {
        "check": question.check,
        "key": question.key,
        "order_id": question.order_id,
        "order_number": question.order_number,
        "total": {"amount": question.total, "currency": question.currency},
        "payment": {
            "method": question.payment_method,
            "provider": question.payment_provider,
            "reference": question.payment_reference,
        },
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in question.lines],
    }


def verdict_of(answer: HttpResponse, now: datetime) -> Verdict:
    """What an answer means; only a whole and plain one decides anything."""
    wait = retry_after(answer.headers, now)
    if answer.status not in _ANSWERED:
        return Silent(f"it answered {answer.status}", wait, misconfigured=answer.status in _BROKEN)
    body = answer.json()
    outcome = body.get("outcome") if isinstance(body, dict) else None
    said = reason(body["reason"]) if isinstance(body, dict) and isinstance(body.get("reason"), str) else ""
    match outcome:
        case "passed":
            return Passed(said or None)
        case "failed":
            return Failed(said or "it said no, and not why")
        case "pending":
            return NotYet(said or "it cannot say yet", wait)
        case _:
            return Silent("its answer makes no sense", wait)


class HttpVerifier:
    """One system."""

    def __init__(self, settings: HttpVerifierSettings, secrets: HttpVerifierSecrets, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._http = http
        self._clock = clock

    async def verify(self, question: Question) -> Verdict:
        """Ask once."""
        asked = request(self._settings, self._secrets.signing_secret, question, self._clock.now())
        answer = await self._http.send(asked)
        return Silent(answer.reason) if isinstance(answer, HttpFailure) else verdict_of(answer, self._clock.now())

    async def close(self) -> None:
        """The HTTP client is shared."""


def _verifier(connection: ConnectionConfig, tools: Tools) -> Verifier:
    settings = HttpVerifierSettings.model_validate(connection.settings, context={"allow_insecure": True})
    return HttpVerifier(settings, HttpVerifierSecrets.model_validate(connection.secrets), tools.http, tools.clock)


HTTP = Provider(
    name="http",
    channels=("payment", "stock"),
    settings=HttpVerifierSettings,
    secrets=HttpVerifierSecrets,
    open_verifier=_verifier,
)
