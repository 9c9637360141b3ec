"""The demo storefronts of `tidings dev`: made once, found again at each start."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Begin, Mode, Scope, Tx
from tidings.kit.vault import Vault
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.authenticate import digest
from tidings.storefronts.issue_key import IssueKey, issue_key, mode_of_key
from tidings.storefronts.judge import TEST_PROVIDER
from tidings.storefronts.kinds import CHANNELS_OF_CONNECTIONS, SCOPES
from tidings.storefronts.open import OpenStorefront, open_storefront
from tidings.storefronts.policy import ChangeRules, Policy, PolicyDocument, PolicyDocuments, Verification
from tidings.storefronts.ports import ProviderCatalogue
from tidings.storefronts.queries import connection_named, storefront_by_slug
from tidings.storefronts.schemas import Brand, Contact, Legal
from tidings.storefronts.tables import ApiKeyRow

SLUG: Final = "demo"
_ACTOR: Final = "system"


def _document(name: str) -> PolicyDocument:
    title: str = PolicyDocuments.model_fields[name].default.title
    return PolicyDocument(title=title, url=f"https://teahouse.example/policies/{name.replace('_', '-')}", version="1")


# Open round the clock and without quiet hours, so that it looks the same at every hour. Whoever tries it tells the
# checks' outcomes.
DEMO: Final = OpenStorefront(
    slug=SLUG,
    name="Demo Teahouse",
    locale="en-GB",
    time_zone="Europe/Berlin",
    currency="EUR",
    brand=Brand(color="#0a6640", url="https://teahouse.example"),
    contact=Contact(email="hello@teahouse.example", phone="+49 30 23125000", url="https://teahouse.example/contact"),
    legal=Legal(company="Demo Teahouse GmbH", address="Teestraße 1, 10115 Berlin, Germany", vat_id="DE123456789"),
    policy=Policy(documents=PolicyDocuments(**{name: _document(name) for name in PolicyDocuments.model_fields})),
)

# The same shop, but machines verify its orders, and two people approve what costs ten euros or more.
DEMO_LIFE: Final = replace(
    DEMO,
    slug=f"{SLUG}-life",
    policy=DEMO.policy.model_copy(
        update={
            # Its sample orders are printed beside the other's.
            "order_number_prefix": "L-",
            "verification": Verification(payment="provider", stock="ledger"),
            "changes": ChangeRules(two_approvers_from=1000),
        }
    ),
)


async def ensure_demo(
    begin: Begin,
    keys: Sequence[str],
    *,
    catalogue: ProviderCatalogue,
    vault: Vault,
    now: datetime,
    shop: OpenStorefront = DEMO,
) -> UUID:
    """A demo storefront, with sandbox connections for test mode, and with these keys, which may do everything.

    In live mode it has no connections: those are for whoever tries real ones.

    Args:
        begin: opens transactions.
        keys: API keys; each gets the mode that its prefix names.
        catalogue: the providers, the sandbox among them.
        vault: seals the sandbox's signing secret.
        now: the present instant.
        shop: which one.

    Raises:
        InvalidInput: a key does not have the form of one.
        KeyTaken: a key belongs to another storefront.
    """
    async with begin.across() as tx:
        found = await storefront_by_slug(tx, shop.slug)
        row = found or await open_storefront(tx, shop, actor=_ACTOR, now=now)
    for mode in get_args(Mode):
        async with begin(Scope(row.id, mode)) as tx:
            if mode == "test":
                await _connect(tx, catalogue, vault, now)
            for key in keys:
                if mode_of_key(key) == mode and not await _has_key(tx, key):
                    await issue_key(tx, _wanted(key), actor=_ACTOR, now=now)
    return row.id


async def demo_is_ready(begin: Begin, keys: Sequence[str]) -> bool:
    """Whether the demo storefront and these keys exist: `/readyz` asks under `tidings dev`."""
    async with begin.reading(None) as tx:
        if await storefront_by_slug(tx, SLUG) is None:
            return False
        wanted = {digest(key) for key in keys}
        there = await tx.session.scalars(select(ApiKeyRow.digest).where(ApiKeyRow.digest.in_(wanted)))
        return set(there) == wanted


async def _connect(tx: Tx, catalogue: ProviderCatalogue, vault: Vault, now: datetime) -> None:
    for channel in CHANNELS_OF_CONNECTIONS:
        name = f"sandbox-{channel}"
        if await connection_named(tx, name) is None:
            wanted = AddConnection(name=name, channel=channel, provider=TEST_PROVIDER, actor=_ACTOR)
            await add_connection(tx, wanted, catalogue=catalogue, vault=vault, now=now)


async def _has_key(tx: Tx, key: str) -> bool:
    wanted = select(ApiKeyRow.id).where(
        ApiKeyRow.digest == digest(key),
        ApiKeyRow.storefront_id == tx.scope.storefront_id,
        ApiKeyRow.revoked_at.is_(None),
    )
    return await tx.session.scalar(wanted) is not None


def _wanted(key: str) -> IssueKey:
    return IssueKey(name="Given at start", principal="demo", scopes=SCOPES, given=key)
