"""Refunds at Stripe: asked for under the refund's own id, so that however often it is asked, the money goes once."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse
from tidings.adapters.payment.stripe_account import (
    StripeSecrets,
    StripeSettings,
    document,
    error_of,
    headers,
    stripe_amount,
)  # fmt: skip
from tidings.adapters.retry_after import retry_after
from tidings.adapters.wording import reason, storable
from tidings.changes.ports import (
    RefundAsked,
    RefundOutcome,
    RefundRefused,
    RefundSilent,
    RefundSucceeded,
    RefundTaken,
)  # fmt: skip
from tidings.kit.clock import Clock

# What the money came by, and the field that names it.
_PAYMENTS: Final = ((re.compile(r"pi_[A-Za-z0-9_]{1,200}", re.ASCII), "payment_intent"),
                    (re.compile(r"(?:ch|py)_[A-Za-z0-9_]{1,200}", re.ASCII), "charge"))  # fmt: skip
_REFUND: Final = re.compile(r"[A-Za-z0-9_]{1,100}", re.ASCII)
# By which a refund of ours is found again, long after its idempotency key has been pruned (24 hours).
_MARK: Final = "tidings_refund"

# Bank transfers and vouchers take days.
_ASK_AFTER: Final = timedelta(hours=1)
_UNTIL_MENDED: Final = timedelta(minutes=10)

_DONE: Final = 200
_NOT_FOUND: Final = 404
_KEY_REFUSED: Final = frozenset((401, 403))
# Certainly not carried out, and it will not be. Everything else may be asked again.
_DEFINITE: Final = frozenset((400, 402, 404))
# Said with a definite status, and not definite: too fast; or the key was used for another wish, which only a fault of
# ours can have brought about, so that nobody may pay by hand before somebody has looked.
_NOT_DEFINITE: Final = frozenset(("rate_limit", "idempotency_error", "idempotency_key_in_use", "lock_timeout"))


def payment_field(reference: str) -> str | None:
    """The field in which Stripe takes this payment; None when it is none of Stripe's."""
    return next((field for pattern, field in _PAYMENTS if pattern.fullmatch(reference)), None)


def creation(settings: StripeSettings, secrets: StripeSecrets, asked: RefundAsked, field: str) -> HttpRequest:
    """The call that pays back."""
    form = {
        field: asked.payment_reference,
        "amount": str(stripe_amount(asked.amount, asked.currency)),
        "reason": "requested_by_customer",
        f"metadata[{_MARK}]": asked.refund_id,
        "metadata[order_number]": asked.order_number,
    }
    fields = headers(secrets) | {
        "content-type": "application/x-www-form-urlencoded",
        "idempotency-key": asked.refund_id,
    }
    return HttpRequest("POST", f"{settings.base_url}/v1/refunds", fields, urlencode(form).encode())


def question(settings: StripeSettings, secrets: StripeSecrets, asked: RefundAsked, field: str) -> HttpRequest:
    """The call that asks what became of it: by Stripe's id, or among all refunds of the payment."""
    known = asked.provider_refund_id
    if known is not None and _REFUND.fullmatch(known):
        return HttpRequest("GET", f"{settings.base_url}/v1/refunds/{known}", headers(secrets))
    query = urlencode({field: asked.payment_reference, "limit": 100})
    return HttpRequest("GET", f"{settings.base_url}/v1/refunds?{query}", headers(secrets))


def found_in(body: Mapping[str, Any], asked: RefundAsked) -> Mapping[str, Any] | None:
    """The refund in an answer to the question; None when Stripe does not have it."""
    candidates = body.get("data") if body.get("object") == "list" else [body]
    for each in candidates if isinstance(candidates, list) else ():
        if isinstance(each, dict) and each.get("object") == "refund" and _is_ours(each, asked):
            return each
    return None


def _is_ours(refund: Mapping[str, Any], asked: RefundAsked) -> bool:
    marks = refund.get("metadata")
    return isinstance(marks, dict) and marks.get(_MARK) == asked.refund_id


def outcome_of(answer: HttpResponse, asked: RefundAsked, now: datetime) -> RefundOutcome:
    """What Stripe's answer means for the refund."""
    body = document(answer)
    if answer.status != _DONE:
        return _refused(answer, body, now)
    refund = found_in(body, asked)
    # An answer about something else is none: a proxy may answer with a 200 as well.
    return RefundSilent("Stripe's answer makes no sense") if refund is None else standing_of(refund)


def standing_of(refund: Mapping[str, Any]) -> RefundOutcome:
    """How a refund stands."""
    known = storable(str(refund.get("id")))[:100]
    match refund.get("status"):
        case "succeeded":
            return RefundSucceeded(known)
        case "pending" | "requires_action":
            return RefundTaken(known, _ASK_AFTER)
        case "failed" | "canceled" as status:
            why = reason(str(refund.get("failure_reason") or ""))
            return RefundRefused(f"Stripe: {status}" + (f" ({why})" if why else ""))
        case _:
            return RefundSilent("Stripe tells a status that is not known here")


def _refused(answer: HttpResponse, body: Mapping[str, Any], now: datetime) -> RefundOutcome:
    error = error_of(body)
    said = reason(str(error.get("message") or "")) or f"Stripe answered {answer.status}"
    if answer.status in _KEY_REFUSED or answer.status // 100 == 3:  # noqa: PLR2004 - a wrong `base_url`
        return RefundSilent(said, _UNTIL_MENDED)
    if answer.headers.get("stripe-should-retry") == "true" or not _is_definite(answer, error):
        return RefundSilent(said, retry_after(answer.headers, now))
    return RefundRefused(said)


def _is_definite(answer: HttpResponse, error: Mapping[str, Any]) -> bool:
    """Only what Stripe itself has said, in its own form, is a no."""
    if answer.status not in _DEFINITE or not error:
        return False
    if answer.status == _NOT_FOUND and error.get("code") != "resource_missing":
        return False
    return _NOT_DEFINITE.isdisjoint({error.get("code"), error.get("type")})


class StripeRefunder:
    """One account."""

    def __init__(self, settings: StripeSettings, secrets: StripeSecrets, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._http = http
        self._clock = clock

    async def refund(self, asked: RefundAsked) -> RefundOutcome:
        """Pay back, unless Stripe has been asked before and has it already."""
        field = payment_field(asked.payment_reference)
        if field is None:
            return RefundRefused("the order's payment reference is none of Stripe's")
        if asked.provider_refund_id is not None or asked.is_repeat:
            known = await self._known(asked, field)
            if known is not None:
                return known
        return await self._answer(creation(self._settings, self._secrets, asked, field), asked)

    async def _known(self, asked: RefundAsked, field: str) -> RefundOutcome | None:
        """What became of it; None when Stripe certainly does not have it."""
        answer = await self._http.send(question(self._settings, self._secrets, asked, field))
        if isinstance(answer, HttpFailure):
            return RefundSilent(answer.reason)
        if answer.status != _DONE:
            outcome = _refused(answer, document(answer), self._clock.now())
            # Not to find out is not to be refused: it may have been paid.
            return (
                outcome if isinstance(outcome, RefundSilent) else RefundSilent("Stripe does not say what became of it")
            )
        body = document(answer)
        found = found_in(body, asked)
        if found is not None:
            return standing_of(found)
        is_list = body.get("object") == "list" and isinstance(body.get("data"), list)
        return None if is_list and not body.get("has_more") else RefundSilent("Stripe's answer makes no sense")

    async def _answer(self, request: HttpRequest, asked: RefundAsked) -> RefundOutcome:
        answer = await self._http.send(request)
        if isinstance(answer, HttpFailure):
            return RefundSilent(answer.reason)
        return outcome_of(answer, asked, self._clock.now())

    async def close(self) -> None:
        """The HTTP client is shared."""
