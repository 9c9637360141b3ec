"""The link to the feedback page: signed, for one message, until its end; nothing of it is kept anywhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, get_args
from uuid import UUID

from tidings.delivery.links import Linked
from tidings.kit.scope import Mode, Scope
from tidings.kit.signed import LinkInvalid, Signed
from tidings.storefronts.improvement import FeedbackRules
from tidings.storefronts.kinds import CHANNELS, Channel

PURPOSE: Final = "feedback"
# Short, because text messages carry it.
PATH: Final = "/f/"

_MODES: Final[tuple[Mode, ...]] = get_args(Mode)
# Which messages have the link: the completion message by policy, the request always.
_COMPLETION, _REQUEST = "order_completed", "feedback_request"
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Followed:
    """What a link stands for: a message, as it was told on a channel."""

    scope: Scope
    message_id: UUID
    channel: Channel


@dataclass(frozen=True, slots=True)
class FeedbackLinks:
    """Makes the links when messages are put into words, and reads them when they are followed."""

    signed: Signed
    public_url: str

    def __call__(self, message: Linked) -> str | None:
        """The link that this message has, if it has one."""
        rules = FeedbackRules() if message.shop is None else message.shop.policy.feedback
        if not self.signed.can_sign or not _has_link(message.milestone, rules):
            return None
        followed = Followed(Scope(message.storefront_id, message.mode), message.message_id, message.channel)
        return f"{self.public_url}{PATH}{self.token(followed, ends_at=message.now + timedelta(days=rules.link_days))}"

    def token(self, followed: Followed, *, ends_at: datetime) -> str:
        """The last part of a link."""
        kind = _MODES.index(followed.scope.mode) * len(CHANNELS) + CHANNELS.index(followed.channel)
        ids = followed.scope.storefront_id.bytes + followed.message_id.bytes
        return self.signed.token(ids + bytes([kind]), ends_at=ends_at)

    def read(self, token: str, *, now: datetime) -> Followed:
        """What the last part of a link stands for.

        Raises:
            LinkInvalid: it is none of ours.
            LinkExpired: it has ended.
            VaultClosed: there is no key to tell by.
        """
        value = self.signed.read(token, now=now)
        if len(value) != 2 * _ID_BYTES + 1 or value[-1] >= len(_MODES) * len(CHANNELS):
            raise LinkInvalid
        mode, channel = divmod(value[-1], len(CHANNELS))
        storefront_id, message_id = UUID(bytes=value[:_ID_BYTES]), UUID(bytes=value[_ID_BYTES:-1])
        return Followed(Scope(storefront_id, _MODES[mode]), message_id, CHANNELS[channel])


def _has_link(milestone: str, rules: FeedbackRules) -> bool:
    return milestone == _REQUEST or (milestone == _COMPLETION and rules.in_completion)
