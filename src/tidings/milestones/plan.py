"""Which channels a message is tried on, best first: the customer's preference, the milestone's channels, reach."""

from collections.abc import Sequence
from typing import TypedDict, assert_never

from tidings.milestones.facts import Party
from tidings.storefronts.kinds import Channel


class Step(TypedDict):
    """One entry of a channel plan."""

    channel: Channel
    to: str


# The last resort, when no channel of the milestone reaches the customer; nobody is called without the milestone
# saying so.
_ANY: tuple[Channel, ...] = ("email", "sms", "push")


def reach(party: Party, channel: Channel) -> str | None:
    """The customer's address on a channel, or None."""
    match channel:
        case "email":
            return party.email
        case "sms" | "voice":
            return party.phone
        case "push":
            return str(party.devices[0]["token"]) if party.devices else None
        case _:
            assert_never(channel)


def channel_plan(party: Party, channels: Sequence[Channel]) -> list[Step]:
    """The steps to try: preferred channel, then the milestone's others in its order, else any that reaches."""
    ordered = sorted(channels, key=lambda channel: channel != party.preferred_channel)
    return _reaching(party, ordered) or _reaching(party, _ANY)[:1]


def _reaching(party: Party, channels: Sequence[Channel]) -> list[Step]:
    return [{"channel": channel, "to": to} for channel in channels if (to := reach(party, channel))]
