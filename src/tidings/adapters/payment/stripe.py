"""Stripe: whether the payment that an order names has been paid, as much as it costs; refunds: stripe_refunds.py."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse
from tidings.adapters.payment.stripe_account import (
    StripeSecrets,
    StripeSettings,
    document,
    error_of,
    headers,
    stripe_amount,
)  # fmt: skip
from tidings.adapters.payment.stripe_refunds import StripeRefunder
from tidings.adapters.provider import Provider, Tools
from tidings.adapters.retry_after import retry_after
from tidings.adapters.wording import reason
from tidings.changes.ports import Refunder
from tidings.kit.clock import Clock
from tidings.verification.ports import ConnectionConfig, Failed, NotYet, Passed, Question, Silent, Verdict, Verifier

_INTENT: Final = re.compile(r"pi_[A-Za-z0-9_]{1,200}", re.ASCII)
_MISSING: Final = "resource_missing"
_PAID: Final = "paid"

# A payment's status as long as nothing is decided, and why it is waited for.
_UNDER_WAY: Final[Mapping[str, str]] = {
    "processing": "the payment is being processed",  # bank debits take days
    "requires_capture": "the payment is authorised, and not captured yet",
    "requires_action": "the customer has not confirmed the payment yet",
    "requires_confirmation": "the payment has not been confirmed yet",
    "requires_payment_method": "the customer has not chosen how to pay yet",
}

# Stripe's answer to whoever may not ask, is too early, or asks too much; all other refusals are the question's fault.
_KEY_REFUSED: Final = frozenset((401, 403))
_FOUND: Final = 200
_NOT_FOUND: Final = 404


def request(settings: StripeSettings, secrets: StripeSecrets, intent: str) -> HttpRequest:
    """The call that reads a payment, with what became of its charge."""
    url = f"{settings.base_url}/v1/payment_intents/{intent}?expand%5B%5D=latest_charge"
    return HttpRequest("GET", url, headers(secrets))


def verdict_of(answer: HttpResponse, question: Question, settings: StripeSettings, now: datetime) -> Verdict:
    """What Stripe's answer means for the order."""
    body = document(answer)
    if answer.status != _FOUND:
        return _refused(answer, body, now)
    # An answer about something else is none: a proxy may answer with a 200 as well, and some other's payment.
    if body.get("object") != "payment_intent" or body.get("id") != question.payment_reference:
        return Silent("Stripe's answer makes no sense")
    return _judged(body, question, settings)


def _refused(answer: HttpResponse, body: Mapping[str, Any], now: datetime) -> Verdict:
    error = error_of(body)
    if answer.status == _NOT_FOUND and error.get("code") == _MISSING:
        return Failed("Stripe knows no such payment")
    said = reason(str(error.get("message") or "")) or f"Stripe answered {answer.status}"
    is_broken = answer.status in _KEY_REFUSED or answer.status // 100 == 3  # noqa: PLR2004 - a wrong `base_url`
    return Silent(said, retry_after(answer.headers, now), misconfigured=is_broken)


def _judged(intent: Mapping[str, Any], question: Question, settings: StripeSettings) -> Verdict:
    status = intent.get("status")
    match status:
        case "succeeded":
            return _taken_back(intent) or _as_much(intent.get("amount_received"), intent, question, _PAID)
        case "requires_capture" if settings.authorised_is_enough:
            return _as_much(intent.get("amount_capturable"), intent, question, "authorised")
        case "canceled":
            return Failed("the payment was cancelled")
        case "requires_payment_method" if isinstance(intent.get("last_payment_error"), dict):
            return Failed(_declined(intent["last_payment_error"]))
        case _:
            said = _UNDER_WAY.get(str(status))
            return Silent("Stripe tells a status that is not known here") if said is None else NotYet(said)


def _taken_back(intent: Mapping[str, Any]) -> Failed | None:
    """Money that came and went again."""
    found = intent.get("latest_charge")
    charge: Mapping[str, Any] = found if isinstance(found, dict) else {}
    if charge.get("disputed") is True:
        return Failed("the payment is disputed")
    if charge.get("refunded") is True or charge.get("amount_refunded"):
        return Failed("the payment was refunded", has_money=charge.get("refunded") is not True)
    return None


def _as_much(amount: object, intent: Mapping[str, Any], question: Question, word: str) -> Verdict:
    """Whether it is the order's price."""
    if str(intent.get("currency")).upper() != question.currency:
        return Failed(f"{word} in another currency than the order's", has_money=word == _PAID)
    if not isinstance(amount, int) or amount < stripe_amount(question.total, question.currency):
        return Failed(f"less {word} than the order costs", has_money=word == _PAID)
    return Passed(f"Stripe: {word}")


def _declined(error: Mapping[str, Any]) -> str:
    code = error.get("decline_code") or error.get("code")
    return f"the payment was declined ({reason(str(code))})" if code else "the payment was declined"


class StripeVerifier:
    """One account."""

    def __init__(self, settings: StripeSettings, secrets: StripeSecrets, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._http = http
        self._clock = clock

    async def verify(self, question: Question) -> Verdict:
        """Read the payment that the order names."""
        intent = question.payment_reference
        if not intent:
            return Silent("the order names no payment at Stripe", misconfigured=True)
        if not _INTENT.fullmatch(intent):
            return Failed("the order's payment reference is none of Stripe's")
        answer = await self._http.send(request(self._settings, self._secrets, intent))
        if isinstance(answer, HttpFailure):
            return Silent(answer.reason)
        return verdict_of(answer, question, self._settings, self._clock.now())

    async def close(self) -> None:
        """The HTTP client is shared."""


def _verifier(connection: ConnectionConfig, tools: Tools) -> Verifier:
    settings = StripeSettings.model_validate(connection.settings, context={"allow_insecure": True})
    return StripeVerifier(settings, StripeSecrets.model_validate(connection.secrets), tools.http, tools.clock)


def _refunder(connection: ConnectionConfig, tools: Tools) -> Refunder:
    settings = StripeSettings.model_validate(connection.settings, context={"allow_insecure": True})
    return StripeRefunder(settings, StripeSecrets.model_validate(connection.secrets), tools.http, tools.clock)


STRIPE = Provider(
    name="stripe",
    channels=("payment",),
    settings=StripeSettings,
    secrets=StripeSecrets,
    open_verifier=_verifier,
    open_refunder=_refunder,
)
