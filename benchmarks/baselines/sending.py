"""What the sending baselines share with tidings, so that only queue and database differ: wording and request."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast
from uuid import UUID

from benchmarks.baselines.surroundings import ACCOUNT, AUTH_TOKEN, CONNECTION, PROVIDER_URL, PUBLIC_URL, STOREFRONT, URL
from tidings.adapters.http import HttpRequest
from tidings.adapters.sms.twilio import request
from tidings.adapters.sms.twilio_account import TwilioAccount, TwilioSecrets, TwilioSettings
from tidings.delivery.ports import Content, Outgoing
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.storefronts.shopbook import shop_rules
from tidings.templates.render import Rendered, RenderRequest, Templates
from tidings.templates.shop import Shop

CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Telling:
    """A message as its row has it."""

    order_id: UUID
    message_id: UUID
    attempt_id: UUID
    milestone: str
    locale: str
    time_zone: str
    recipient: str
    valid_until: datetime
    # JSON, parsed or not.
    snapshot: Any


@dataclass(frozen=True, slots=True)
class Desk:
    """Opened once in a worker."""

    templates: Templates
    shop: Shop
    account: TwilioAccount

    @classmethod
    async def open(cls) -> Self:
        """The templates, the shop as it is now, and the account."""
        engine = create_engine(URL, pool_size=1)
        async with Begin(engine).across() as tx:
            rules = await shop_rules(tx, STOREFRONT)
        await engine.dispose()
        settings = {"base_url": PROVIDER_URL, "account_sid": ACCOUNT, "from": "+15005550006"}
        return cls(
            Templates.load(),
            Shop.of(rules),
            TwilioAccount.of(
                TwilioSettings.model_validate(settings, context={"allow_insecure": True}),
                TwilioSecrets(auth_token=AUTH_TOKEN),
            ),
        )

    def worded(self, telling: Telling) -> Rendered:
        """The message in words."""
        snapshot = telling.snapshot if isinstance(telling.snapshot, dict) else json.loads(telling.snapshot)
        return self.templates.render(
            RenderRequest(
                milestone=telling.milestone, channel="sms", locale=telling.locale, time_zone=telling.time_zone,
                snapshot=cast("dict[str, Any]", snapshot), shop=self.shop,
            )
        )  # fmt: skip

    def request(self, telling: Telling, text: str) -> HttpRequest:
        """The call that sends it."""
        outgoing = Outgoing(
            attempt_id=f"att_{telling.attempt_id.hex}", message_id=f"msg_{telling.message_id.hex}",
            order_id=f"ord_{telling.order_id.hex}", channel="sms", to=telling.recipient, content=Content(text),
            locale=telling.locale, callback_url=f"{PUBLIC_URL}/v1/callbacks/con_{CONNECTION.hex}",
            valid_until=telling.valid_until,
        )  # fmt: skip
        return request(self.account, outgoing, CLOCK.now())
