"""Shows a version of the wording with an order in it: a sample, or one of the shop's own, of which nothing is kept."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tidings.delivery.ports import Content
from tidings.delivery.queries import require_order
from tidings.delivery.render import content_of, parsed_snapshot
from tidings.kit.db import Begin, Scope, Tx
from tidings.kit.problem import Fault, InvalidInput, NotFound
from tidings.kit.whereabouts import whereabouts
from tidings.storefronts.kinds import Channel
from tidings.storefronts.shopbook import ShopBook
from tidings.templates import samples
from tidings.templates.checks.examine import Version
from tidings.templates.errors import Unrenderable
from tidings.templates.messages import Rendered, RenderRequest
from tidings.templates.render import LAST_RESORT, Templates
from tidings.templates.shop import Shop
from tidings.templates.stored.built_in import built_in_milestone
from tidings.templates.stored.errors import TemplateUnrenderable
from tidings.templates.stored.load import version_by_id, version_of
from tidings.templates.stored.workshop import Workshop

# What this order's customer was told of this; or else whatever is the newest that is known of it.
_SNAPSHOT = """
SELECT e.snapshot::text AS snapshot FROM messages m
JOIN events e ON e.storefront_id = m.storefront_id AND e.order_id = m.order_id AND e.order_seq = m.order_seq
WHERE m.storefront_id = $1 AND m.order_id = $2 AND m.milestone = $3
ORDER BY m.order_seq DESC LIMIT 1
"""
_NEWEST = """
SELECT e.snapshot::text AS snapshot FROM events e
WHERE e.storefront_id = $1 AND e.order_id = $2 ORDER BY e.order_seq DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which version is to be shown, and with what."""

    version_id: UUID | None
    channel: Channel
    locale: str | None
    sample: str | None
    order_id: str | None
    banner: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of it."""

    rendered: Rendered
    shop: Shop


@dataclass(frozen=True, slots=True)
class Bench:
    """What it is tried out with."""

    begin: Begin
    templates: Templates
    workshop: Workshop
    shops: ShopBook


async def shown(bench: Bench, scope: Scope, wish: Wish, order_id: UUID | None) -> Shown:
    """Render a version, published or not, in the workshop.

    Args:
        bench: what it is done with.
        scope: whose version.
        wish: what is asked for.
        order_id: the order that it names.

    Raises:
        NotFound: there is no such version, or no such order.
        InvalidInput: a sample and an order at once.
        TemplateUnrenderable: the wording and the order do not go together.
    """
    if wish.order_id is not None and wish.sample is not None:
        raise InvalidInput(faults=[Fault("/sample", "is one order too many: `order_id` names another")])
    built_in = built_in_milestone(bench.templates, wish.version_id)
    async with bench.begin.reading(scope) as tx:
        version = None if built_in else version_of(await version_by_id(tx, wish.version_id))
        milestone = built_in or _milestone(version)
        snapshot = None if wish.order_id is None else await _snapshot(tx, order_id, milestone)
    shop = Shop.of(await bench.shops.of(scope.storefront_id))
    try:
        rendered = await bench.workshop.render(_request(wish, milestone, shop, snapshot), version)
    except Unrenderable as refusal:
        raise TemplateUnrenderable(f"The message {refusal.reason}.", where=refusal.where) from None
    return Shown(rendered, shop)


def content_shown(made: Shown, channel: Channel) -> Content:
    """What a provider is given of it.

    Raises:
        TemplateUnrenderable: these words, or the shop's own particulars, do not make a message of this channel.
    """
    try:
        return content_of(made.rendered, channel, made.shop)
    except Exception as error:
        where = f"{made.rendered.template}/{made.rendered.locale} [{channel}]"
        raise TemplateUnrenderable(f"The message cannot be made: {whereabouts(error)}.", where=where) from error


def _milestone(version: Version | None) -> str:
    if version is None:
        raise NotFound
    return version.milestone


async def _snapshot(tx: Tx, order_id: UUID | None, milestone: str) -> dict[str, Any]:
    order = await require_order(tx, order_id)
    found = await tx.raw.fetchval(_SNAPSHOT, tx.scope.storefront_id, order, milestone)
    found = found or await tx.raw.fetchval(_NEWEST, tx.scope.storefront_id, order)
    if found is None:
        raise NotFound
    return parsed_snapshot(found)


def _request(wish: Wish, milestone: str, shop: Shop, snapshot: dict[str, Any] | None) -> RenderRequest:
    sample = wish.sample or samples.SAMPLES[0]
    customer = (snapshot or {}).get("order", {}).get("customer") or {}
    return RenderRequest(
        milestone=milestone,
        channel=wish.channel,
        locale=wish.locale or (customer.get("locale") or shop.locale if snapshot else LAST_RESORT),
        time_zone=shop.time_zone,
        snapshot=snapshot or samples.snapshot(sample, milestone),
        shop=shop,
        links=samples.LINKS,
        banner=wish.banner,
    )
