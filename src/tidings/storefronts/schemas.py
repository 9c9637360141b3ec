"""Storefronts, keys and connections as callers see them."""

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tidings.kit.addresses import email_address
from tidings.kit.db import Mode
from tidings.kit.fields import ONE_LINE, Asked, Instant, Label, MailText, WebAddress
from tidings.kit.money import CURRENCIES
from tidings.storefronts.calendar_schemas import Calendar
from tidings.storefronts.kinds import KeyScope
from tidings.storefronts.policy import Policy
from tidings.storefronts.texts import PRINCIPAL, Color, Line, Phone, SalesChannel, VatId

ConnectionChannel = Literal["email", "sms", "push", "voice", "payment", "stock"]

_ZONES: Final = frozenset(available_timezones())
# Others are called so on record. What the machine itself has found out, for one, it may find out anew, which is told by
# the name alone.
NOT_PRINCIPALS: Final = frozenset({"system", "provider", "customer", "command-line"})
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")


def _locale(value: str) -> str:
    message = "is not a known language tag, such as de-DE"
    if not _LOCALE.fullmatch(value):
        raise ValueError(message)
    try:
        Locale.parse(value, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(message) from None
    return value


def _zone(value: str) -> str:
    if value not in _ZONES:
        message = "is not an IANA time zone, such as Europe/Berlin"
        raise ValueError(message)
    return value


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        message = "is not an ISO 4217 currency code in capitals"
        raise ValueError(message)
    return value


def _mail_address(value: str) -> str:
    # A storefront is the same in test mode. Its domain stays as the shop writes it, because customers read it.
    email_address(value, test=True)
    return value


def _once_each(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        message = "names something twice"
        raise ValueError(message)
    return values


def _principal(value: str) -> str:
    if value.partition("/")[0].lower() in NOT_PRINCIPALS:
        message = f"is what others are called on record: {', '.join(sorted(NOT_PRINCIPALS))}"
        raise ValueError(message)
    return value


LocaleTag = Annotated[str, AfterValidator(_locale), Field(examples=["de-DE"])]
ZoneName = Annotated[str, AfterValidator(_zone), Field(examples=["Europe/Berlin"])]
CurrencyCode = Annotated[str, AfterValidator(_currency), Field(examples=["EUR"])]
MailAddress = Annotated[MailText, AfterValidator(_mail_address)]
SalesChannels = Annotated[
    list[SalesChannel],
    Field(min_length=1, max_length=50),
    AfterValidator(_once_each),
]
Principal = Annotated[str, PRINCIPAL, Field(examples=["shop-backend"]), AfterValidator(_principal)]


class Brand(Asked):
    """What the shop's messages look like."""

    color: Color | None = Field(None, examples=["#0a6640"])
    logo_url: WebAddress | None = None
    url: WebAddress | None = Field(None, description="The shop's own pages")


class Contact(Asked):
    """Where customers ask; stands in every confirmation."""

    email: MailAddress | None = None
    phone: Phone | None = None
    url: WebAddress | None = None
    hours: Line | None = Field(None, description="In the shop's own words", examples=["Mon-Fri 9:00-17:00"])


class Legal(Asked):
    """Who customers deal with."""

    company: Line | None = None
    address: Line | None = Field(None, description="In one line")
    registration: Line | None = Field(None, description="Court and number of the company's registration")
    vat_id: VatId | None = None


class Storefront(BaseModel):
    """A shop that uses tidings."""

    id: str
    slug: str
    name: str
    brand: dict[str, Any]
    contact: dict[str, Any]
    legal: dict[str, Any]
    locale: str
    time_zone: str
    currency: str
    sales_channels: list[str]
    calendar: dict[str, Any]
    policy: Policy
    version: int
    created_at: datetime
    updated_at: datetime


class StorefrontChange(Asked):
    """What is to be changed; what is absent or null stays. Groups such as `contact` are replaced as a whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"contact": {"email": "hello@shop.test", "phone": "+49 30 901820", "hours": "Mon-Fri 9-17"}}]
        }
    )

    name: Label | None = None
    brand: Brand | None = None
    contact: Contact | None = None
    legal: Legal | None = None
    locale: LocaleTag | None = None
    time_zone: ZoneName | None = None
    currency: CurrencyCode | None = None
    sales_channels: SalesChannels | None = None
    calendar: Calendar | None = None
    policy: Policy | None = None


class ApiKey(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    hint: str = Field(description="How it begins", examples=["td_test_4fJq"])
    mode: Mode
    principal: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None = Field(description="The key that a rotation made; both work until this one expires")


class IssuedApiKey(ApiKey):
    """A new key, with its secret: shown this once, kept nowhere."""

    key: str = Field(examples=["td_test_4fJq…"])


class ApiKeyAsked(Asked):
    """A key to be made; it gets the mode of the key that asks for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Shop backend", "principal": "shop-backend", "scopes": ["orders", "operations"]}]
        }
    )

    name: Label
    principal: Principal = Field(description="Who it stands for; recorded as the actor of what is done with it")
    scopes: Annotated[list[KeyScope], Field(min_length=1), AfterValidator(_once_each)]
    expires_at: Instant | None = Field(None, description="None: works until it is revoked")


class Rotation(Asked):
    """How long the old key goes on working."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: int = Field(24, ge=0, le=24 * 30)


class Connection(BaseModel):
    """A configured account at a provider, without its secrets."""

    id: str
    name: str
    channel: str
    provider: str
    mode: Mode
    priority: int = Field(description="Lower goes first")
    settings: dict[str, Any]
    is_paused: bool
    halted_until: datetime | None = Field(description="The provider called it misconfigured: tried again then")
    halted_reason: str | None
    callback_url: str = Field(description="Where the provider is to post what became of messages")
    version: int
    created_at: datetime
    updated_at: datetime


Priority = Annotated[int, Field(ge=0, le=1000)]
Secrets = Annotated[dict[str, Annotated[str, Field(max_length=20_000)]], Field(max_length=20)]


class ConnectionAsked(Asked):
    """An account at a provider, to be used from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "sms-second", "channel": "sms", "provider": "sandbox", "priority": 2}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=ONE_LINE)]
    channel: ConnectionChannel
    provider: Annotated[str, Field(min_length=1, max_length=40)]
    priority: Priority = Field(1, description="Lower goes first")
    settings: dict[str, Any] = Field({}, description="The provider's own; what is wrong with them is told by name")
    secrets: Secrets = Field({}, description="The provider's own; write-only")


class ConnectionChange(Asked):
    """What is to be changed; what is absent or null stays. Any change ends a halt."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": 3, "is_paused": True}]})

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=ONE_LINE)] | None = None
    priority: Priority | None = None
    is_paused: bool | None = Field(None, description="Nothing is sent through a paused connection")
    settings: dict[str, Any] | None = Field(None, description="Merged with the stored ones; null takes one out")
    secrets: Secrets | None = Field(None, description="Replace stored ones of the same name")
