"""Puts a message into words: from the snapshot that its fact committed, with the shop as it is now."""

import asyncio
import json
from collections.abc import Mapping
from email.utils import formataddr
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from tidings.delivery.claim import Claimed
from tidings.delivery.links import Linked, LinkMaker, made_links
from tidings.delivery.ports import Content
from tidings.delivery.start import Pinned
from tidings.kit.clock import Clock, SystemClock
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import ShopBook
from tidings.templates.render import RenderRequest, Templates
from tidings.templates.shop import Shop


class Renderer:
    """Renders claimed messages."""

    def __init__(
        self,
        templates: Templates,
        shops: ShopBook,
        *,
        links: Mapping[str, LinkMaker] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Take what words are made of.

        Args:
            templates: the wording.
            shops: whose messages they are.
            links: who makes the links, by their names in wording; links without a maker do not appear.
            clock: when links are made.
        """
        self._templates = templates
        self._shops = shops
        self._links = links or {}
        self._clock = clock or SystemClock()
        self._known: dict[UUID, tuple[ShopRules, Shop]] = {}

    async def __call__(self, claimed: Claimed, banner: str | None) -> Pinned:
        """The content for the message's channel, and the template version that it was made from.

        Raises:
            Unrenderable: the template and this order do not go together.
        """
        rules = await self._shops.of(claimed.storefront_id)
        shop = self._shop(rules)
        asked = (claimed.milestone, claimed.locale, shop.locale)
        if not self._templates.is_compiled(*asked):
            # The first message of its kind must not hold up the others.
            await asyncio.to_thread(self._templates.compile, *asked)
        snapshot = _parsed(claimed.snapshot)
        rendered = self._templates.render(
            RenderRequest(
                milestone=claimed.milestone,
                channel=claimed.channel,
                locale=claimed.locale,
                time_zone=claimed.time_zone,
                snapshot=snapshot,
                shop=shop,
                links=self._made_links(claimed, snapshot, rules),
                banner=banner,
            )
        )
        extras = {**rendered.extras, **_extras(claimed, shop, rendered.locale)}
        content = Content(rendered.text, rendered.subject, rendered.html, extras)
        return Pinned(content, rendered.template, rendered.version, rendered.locale)

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


def _parsed(snapshot: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = from_json(snapshot)
    except ValueError:
        # Postgres's `json` keeps half a surrogate pair, which only the slower parser takes; templates clean it away.
        parsed = json.loads(snapshot)
    return parsed


def _extras(claimed: Claimed, shop: Shop, locale: str) -> dict[str, str]:
    """Whom an e-mail is from, where its connection does not say; which language a voice must speak."""
    if claimed.channel == "voice":
        return {"language": locale}
    if claimed.channel != "email" or shop.contact.email is None:
        return {}
    return {"from": formataddr((shop.name, shop.contact.email))}
