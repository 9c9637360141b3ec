"""What is asked of the templates, and what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tidings.storefronts.kinds import Channel
from tidings.templates.shop import Shop

# The links that wording can name, each as `<name>_url`; empty where nobody gives it.
LINKS: Final = (
    "order",  # the customer's page of the order
    "documents",  # the order's documents, to look at and keep
    "feedback",  # where the customer says how it was
)


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One message to be put into words."""

    milestone: str
    channel: Channel
    # The customer's language, BCP 47; and the order's own zone, which all its times are told in.
    locale: str
    time_zone: str
    # {"order": the order as the API answers it, "shipment": …}, as it was committed with the message.
    snapshot: Mapping[str, Any]
    shop: Shop
    # Made for this message, by their names (LINKS).
    links: Mapping[str, str] = field(default_factory=dict)
    # Stands above everything: "Test copy …".
    banner: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words; its fields are those of the stored content."""

    template: str
    version: int
    # The language that it was really worded in.
    locale: str
    # The e-mail's subject, the push's title.
    subject: str | None
    text: str
    html: str | None
    # SMS: {"encoding", "segments"}; push: {"data": {"order_id", "milestone"}}.
    extras: Mapping[str, Any] = field(default_factory=dict)
