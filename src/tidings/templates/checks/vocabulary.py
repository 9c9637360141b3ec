"""The names that wording can use: what the sections of a milestone give, in any of the sample orders."""

from functools import lru_cache
from typing import Final

from tidings.storefronts.kinds import Channel
from tidings.templates import samples
from tidings.templates.brevity import PLENTY, phrases
from tidings.templates.messages import RenderRequest
from tidings.templates.render import LAST_RESORT, Templates

# What the channels themselves add (speaking.py).
_ADDED: Final[dict[Channel, frozenset[str]]] = {
    "email": frozenset(),
    "sms": frozenset(),
    "push": frozenset(),
    "voice": frozenset({"number_spoken"}),
}
IN_LAYOUTS: Final = frozenset({"subject", "preheader", "heading", "paragraphs", "markup"})

# Web addresses among the names: checked, `http:` or `https:`, or empty.
LINKS: Final = frozenset(
    {"order_url", "documents_url", "feedback_url", "tracking_url", "shop_link", "shop_logo", "shop_help_url"}
)
# Colours of six digits among the names.
COLORS: Final = frozenset({"color", "color_ink"})


@lru_cache(maxsize=128)
def names_of(templates: Templates, milestone: str, channel: Channel) -> frozenset[str]:
    """The names that a milestone's wording can use on a channel.

    A name that only some orders have must be asked for in a choice: that is found by rendering all samples.
    """
    found: set[str] = set(_ADDED[channel])
    for sample in samples.SAMPLES:
        found |= _of_sample(templates, samples.request(milestone, channel, LAST_RESORT, sample))
    if channel == "voice":
        found |= {f"{name}_spoken" for name in ("total", "placed") if name in found}
    return frozenset(found)


def _of_sample(templates: Templates, request: RenderRequest) -> set[str]:
    material = templates.material(request)
    return material.names.keys() | phrases(material, PLENTY, " ").keys()
