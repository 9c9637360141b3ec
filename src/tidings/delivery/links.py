"""The links of a message, made when it is put into words; whoever stands above gives them (`bootstrap`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tidings.kit.scope import Mode
from tidings.storefronts.kinds import Channel
from tidings.storefronts.rules import ShopRules


@dataclass(frozen=True, slots=True)
class Linked:
    """The message that is being put into words."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    message_id: UUID
    milestone: str
    channel: Channel
    # As it was committed with the fact.
    snapshot: Mapping[str, Any]
    # The moment of the rendering, by which a link's end is counted.
    now: datetime
    # The shop's rules as they are at that moment.
    shop: ShopRules | None = None


# The address that a link of one kind has in this message; None where it has none. It waits for nobody: all that it
# needs is in the message and in a key.
LinkMaker = Callable[[Linked], str | None]


def made_links(makers: Mapping[str, LinkMaker], message: Linked) -> dict[str, str]:
    """The links of this message by their names in wording (`documents` is `documents_url` there)."""
    made = {name: make(message) for name, make in makers.items()}
    return {name: address for name, address in made.items() if address is not None}
