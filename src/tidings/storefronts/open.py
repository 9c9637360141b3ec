"""Opens a storefront."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert

from tidings.kit.db import Tx
from tidings.kit.fields import Label
from tidings.kit.ids import new_id, wire
from tidings.records.append import Entry, append
from tidings.storefronts.calendar_schemas import Calendar
from tidings.storefronts.change import refuse_closed_for_a_year, refuse_too_short, refuse_unwritable
from tidings.storefronts.errors import SlugTaken
from tidings.storefronts.keep_rules import keep_rules
from tidings.storefronts.kinds import DEFAULT_SALES_CHANNELS
from tidings.storefronts.policy import Desk, Policy
from tidings.storefronts.schemas import Brand, Contact, CurrencyCode, Legal, LocaleTag, ZoneName
from tidings.storefronts.tables import StorefrontRow
from tidings.storefronts.terms import country_of

FIRST_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStorefront:
    """What must be known of a shop from the start; all of it can be changed later but the slug."""

    slug: str
    name: Label
    locale: LocaleTag = "en"
    time_zone: ZoneName = "UTC"
    currency: CurrencyCode = "EUR"
    brand: Brand = field(default_factory=Brand)
    contact: Contact = field(default_factory=Contact)
    legal: Legal = field(default_factory=Legal)
    calendar: Calendar = field(default_factory=Calendar)
    policy: Policy = field(default_factory=Policy)


async def open_storefront(tx: Tx, command: OpenStorefront, *, actor: str, now: datetime) -> StorefrontRow:
    """Open a storefront; it can take orders as soon as it has a key.

    Raises:
        SlugTaken: there is one of this name.
        InvalidInput: by its calendar it would be closed for a year, or its desk could not be written to.
        RetentionTooShort: something would not be kept as long as it must be.
    """
    refuse_closed_for_a_year(command.calendar, now.date(), at="/calendar")
    refuse_too_short(command.policy, country_of(command.legal.model_dump(), command.locale))
    refuse_unwritable(command.policy.desk, Desk(), at="/policy")
    made = insert(StorefrontRow).values(
        id=new_id(),
        slug=command.slug,
        name=command.name,
        brand=command.brand.model_dump(exclude_none=True),
        contact=command.contact.model_dump(exclude_none=True),
        legal=command.legal.model_dump(exclude_none=True),
        locale=command.locale,
        time_zone=command.time_zone,
        currency=command.currency,
        sales_channels=list(DEFAULT_SALES_CHANNELS),
        calendar=command.calendar.model_dump(mode="json", exclude_defaults=True),
        policy=command.policy.model_dump(mode="json", exclude_defaults=True),
        version=FIRST_VERSION,
        created_at=now,
        updated_at=now,
    )
    row: StorefrontRow | None = await tx.session.scalar(made.on_conflict_do_nothing().returning(StorefrontRow))
    if row is None:
        raise SlugTaken(slug=command.slug)
    keep_rules(tx, row, actor=actor, now=now)
    await tx.flush()
    await append(tx, _entry(row, actor, now))
    return row


def _entry(row: StorefrontRow, actor: str, now: datetime) -> Entry:
    return Entry(
        storefront_id=row.id,
        order_id=None,
        mode=None,
        kind="storefront.opened",
        subject=wire("stf", row.id),
        actor=actor,
        at=now,
        data={"slug": row.slug, "locale": row.locale, "time_zone": row.time_zone, "currency": row.currency},
    )
