"""An account at Stripe: how it is configured and authorised, and how money is told there."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from tidings.adapters.http import HttpResponse
from tidings.adapters.provider import BaseUrl, HeaderText, ProviderSecrets, ProviderSettings
from tidings.kit.money import major_units

# Answers are read as this version words them, whatever the account's own default is.
API_VERSION: Final = "2026-10-28.endive"

# Stripe's own count of decimals, which is not always that of CLDR or ISO 4217: two, but for these.
_NO_DECIMALS: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMALS: Final = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


class StripeSettings(ProviderSettings):
    """The account, and what counts as paid."""

    base_url: BaseUrl = Field("https://api.stripe.com", description="Stripe's interface, or what stands in for it")
    authorised_is_enough: bool = Field(
        default=False, description="Whether a payment that is authorised and not captured yet passes the check"
    )


class StripeSecrets(ProviderSecrets):
    """What requests are authorised with."""

    api_key: HeaderText = Field(description="sk_… or a restricted rk_…")


def headers(secrets: StripeSecrets) -> dict[str, str]:
    """The fields that every request carries."""
    return {"authorization": f"Bearer {secrets.api_key}", "stripe-version": API_VERSION}


def stripe_amount(amount: int, currency: str) -> int:
    """An amount of ours in the units in which Stripe tells it."""
    decimals = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return int(major_units(amount, currency).scaleb(decimals))


def document(answer: HttpResponse) -> Mapping[str, Any]:
    """The object that came back; empty when it is none."""
    parsed = answer.json()
    return parsed if isinstance(parsed, dict) else {}


def error_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Stripe says went wrong; empty when it does not."""
    found = body.get("error")
    return found if isinstance(found, dict) else {}
