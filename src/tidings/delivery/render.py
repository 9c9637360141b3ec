"""Puts a message into words: from the snapshot that its fact committed, with the shop as it is now."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import EXTRA, Enclosed, Enclosures
from tidings.delivery.links import Linked, LinkMaker, made_links
from tidings.delivery.ports import Content
from tidings.delivery.start import Pinned
from tidings.kit.addresses import ascii_domain, named
from tidings.kit.clock import Clock, SystemClock
from tidings.kit.scope import Scope
from tidings.storefronts.kinds import Channel
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import ShopBook
from tidings.templates.render import Rendered, RenderRequest, Templates
from tidings.templates.shop import Shop
from tidings.templates.stored.book import TemplateBook


class Renderer:
    """Renders claimed messages."""

    def __init__(
        self,
        templates: Templates,
        shops: ShopBook,
        *,
        links: Mapping[str, LinkMaker] | None = None,
        enclosures: Enclosures | None = None,
        editions: TemplateBook | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Take what words are made of.

        Args:
            templates: the wording.
            shops: whose messages they are.
            links: who makes the links, by their names in wording; links without a maker do not appear.
            enclosures: who knows what goes along with a message; None: nothing does.
            editions: the versions of the wording that shops have published; without them, all is worded as built in.
            clock: when links are made.
        """
        self._templates = templates
        self._shops = shops
        self._links = links or {}
        self._enclosures = enclosures
        self._editions = editions
        self._clock = clock or SystemClock()
        self._known: dict[UUID, tuple[ShopRules, Shop]] = {}

    async def __call__(self, claimed: Claimed, banner: str | None) -> Pinned:
        """The content for the message's channel, and the template version that it was made from.

        Raises:
            Unrenderable: the template and this order do not go together.
            NotYet: something that it tells of is still being made.
        """
        rules = await self._shops.of(claimed.storefront_id)
        shop = self._shop(rules)
        asked = (claimed.milestone, claimed.locale, shop.locale)
        if not self._templates.is_compiled(*asked):
            # The first message of its kind must not hold up the others.
            await asyncio.to_thread(self._templates.compile, *asked)
        enclosed = await self._enclosed(claimed)
        request = RenderRequest(
            milestone=claimed.milestone,
            channel=claimed.channel,
            locale=claimed.locale,
            time_zone=claimed.time_zone,
            snapshot=enclosed.snapshot,
            shop=shop,
            links=self._made_links(claimed, enclosed.snapshot, rules),
            banner=banner,
        )
        rendered = await self._rendered(claimed, request)
        content = content_of(rendered, claimed.channel, shop, enclosed.attachments)
        return Pinned(content, rendered.template, rendered.version, rendered.locale)

    async def _rendered(self, claimed: Claimed, request: RenderRequest) -> Rendered:
        """By the version that is published now; what comes of it is kept with the attempt, for every retry."""
        edition = None
        if self._editions is not None:
            edition = await self._editions.of(Scope(claimed.storefront_id, claimed.mode), claimed.milestone)
        if edition is None:
            return self._templates.render(request)
        # A shop's own wording takes the time that it takes: not the loop's.
        return await asyncio.to_thread(self._templates.render, request, edition)

    async def _enclosed(self, claimed: Claimed) -> Enclosed:
        snapshot = parsed_snapshot(claimed.snapshot)
        return Enclosed(snapshot) if self._enclosures is None else await self._enclosures.enclosed(claimed, snapshot)

    def _made_links(self, claimed: Claimed, snapshot: Mapping[str, Any], rules: ShopRules) -> dict[str, str]:
        message = Linked(
            storefront_id=claimed.storefront_id,
            mode=claimed.mode,
            order_id=claimed.order_id,
            message_id=claimed.id,
            milestone=claimed.milestone,
            channel=claimed.channel,
            snapshot=snapshot,
            now=self._clock.now(),
            shop=rules,
        )
        return made_links(self._links, message) if self._links else {}

    def _shop(self, rules: ShopRules) -> Shop:
        """The shop as templates know it: made anew only when the book has read it anew."""
        known = self._known.get(rules.storefront_id)
        if known is None or known[0] is not rules:
            known = self._known[rules.storefront_id] = (rules, Shop.of(rules))
        return known[1]


def parsed_snapshot(snapshot: str) -> dict[str, Any]:
    """A fact's snapshot, from its JSON text."""
    try:
        parsed: dict[str, Any] = from_json(snapshot)
    except ValueError:
        # Postgres's `json` keeps half a surrogate pair, which only the slower parser takes; templates clean it away.
        parsed = json.loads(snapshot)
    return parsed


def content_of(
    rendered: Rendered, channel: Channel, shop: Shop, attachments: Sequence[Mapping[str, Any]] = ()
) -> Content:
    """What a provider is given."""
    extras = {**rendered.extras, **_extras(channel, shop, rendered.locale)}
    if attachments:
        extras[EXTRA] = attachments
    return Content(rendered.text, rendered.subject, rendered.html, extras)


def _extras(channel: Channel, shop: Shop, locale: str) -> dict[str, str]:
    """Whom an e-mail is from, where its connection does not say; which language a voice must speak."""
    if channel == "voice":
        return {"language": locale}
    if channel != "email" or shop.contact.email is None:
        return {}
    try:
        return {"from": named(shop.name, ascii_domain(shop.contact.email))}
    except ValueError:
        # Stored before addresses were judged: the connection must say who writes.
        return {}
