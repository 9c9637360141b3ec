"""The link to the feedback page: for one message, on one channel, until its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tidings.delivery.links import Linked
from tidings.feedback.link import PATH, PURPOSE, FeedbackLinks, Followed
from tidings.kit.ids import new_id
from tidings.kit.scope import Mode, Scope
from tidings.kit.signed import LinkExpired, LinkInvalid, Signed
from tidings.kit.vault import new_vault_key
from tidings.storefronts.kinds import CHANNELS, Channel
from tidings.storefronts.policy import Policy
from tidings.storefronts.rules import ShopRules

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
KEY = new_vault_key()
LINKS = FeedbackLinks(Signed([KEY], PURPOSE), "https://tidings.test")
MESSAGE = Linked(
    storefront_id=new_id(),
    mode="test",
    order_id=new_id(),
    message_id=new_id(),
    milestone="order_completed",
    channel="email",
    snapshot={},
    now=NOW,
)


def shop(**feedback: object) -> ShopRules:
    policy = Policy.model_validate({"feedback": feedback})
    return ShopRules(MESSAGE.storefront_id, "shop", "Shop", "en", "UTC", "EUR", frozenset(), policy=policy)


def followed(message: Linked, now: datetime = NOW) -> Followed:
    address = LINKS(message)
    assert address is not None
    return LINKS.read(address.removeprefix(f"https://tidings.test{PATH}"), now=now)


@pytest.mark.parametrize(("mode", "channel"), [*product(("live", "test"), CHANNELS)])
def test_it_stands_for_a_message_as_it_was_told(mode: Mode, channel: Channel) -> None:
    message = replace(MESSAGE, mode=mode, channel=channel)
    assert followed(message) == Followed(Scope(message.storefront_id, mode), message.message_id, channel)


def test_it_is_short_enough_for_a_text_message() -> None:
    assert len(LINKS(MESSAGE) or "") <= 130


def test_it_ends_when_the_shop_says_so() -> None:
    message = replace(MESSAGE, shop=shop(link_days=10))
    last = NOW + timedelta(days=10)
    assert followed(message, last - timedelta(seconds=1)).message_id == message.message_id
    with pytest.raises(LinkExpired):
        followed(message, last)


def test_only_what_is_about_completion_has_one() -> None:
    assert LINKS(replace(MESSAGE, milestone="order_dispatched")) is None
    assert LINKS(replace(MESSAGE, milestone="feedback_request"))


def test_the_completion_message_has_none_where_the_policy_says_so_and_a_request_has_it_always() -> None:
    quiet = replace(MESSAGE, shop=shop(in_completion=False))
    assert LINKS(quiet) is None
    assert LINKS(replace(quiet, milestone="feedback_request"))


def test_without_a_key_there_are_no_links() -> None:
    assert FeedbackLinks(Signed([], PURPOSE), "https://tidings.test")(MESSAGE) is None


@pytest.mark.parametrize("value", [b"", b"x" * 16, b"x" * 33 + b"x", b"x" * 32 + bytes([8])])
def test_a_token_that_stands_for_something_else_is_none_of_ours(value: bytes) -> None:
    token = LINKS.signed.token(value, ends_at=NOW + timedelta(days=1))
    with pytest.raises(LinkInvalid):
        LINKS.read(token, now=NOW)


def test_a_token_made_for_another_purpose_opens_nothing() -> None:
    value = MESSAGE.storefront_id.bytes + MESSAGE.message_id.bytes + b"\0"
    token = Signed([KEY], "documents").token(value, ends_at=NOW + timedelta(days=1))
    with pytest.raises(LinkInvalid):
        LINKS.read(token, now=NOW)
