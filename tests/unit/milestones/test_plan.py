"""Channel plans."""

from typing import Any

from tidings.milestones.facts import Party
from tidings.milestones.plan import channel_plan, reach
from tidings.storefronts.kinds import CHANNELS


def party(**changes: Any) -> Party:
    known: dict[str, Any] = {
        "name": "Ada Byron", "email": "ada@example.com", "phone": "+4915112345678",
        "devices": [{"platform": "fcm", "token": "t-1"}, {"platform": "fcm", "token": "t-2"}],
        "preferred_channel": None, "locale": "de", "time_zone": "Europe/Berlin",
    }  # fmt: skip
    return Party(**(known | changes))


def channels(plan: list[Any]) -> list[str]:
    return [step["channel"] for step in plan]


def test_the_preferred_channel_goes_first_and_the_others_follow_in_the_milestones_order() -> None:
    assert channels(channel_plan(party(preferred_channel="push"), ("email", "sms", "push"))) == ["push", "email", "sms"]
    assert channels(channel_plan(party(), ("email", "sms"))) == ["email", "sms"]


def test_a_preferred_channel_outside_the_milestones_gives_way_to_the_first_that_reaches() -> None:
    assert channels(channel_plan(party(preferred_channel="push"), ("email", "sms"))) == ["email", "sms"]
    assert channels(channel_plan(party(preferred_channel="push", email=None), ("email", "sms"))) == ["sms"]


def test_any_channel_that_reaches_is_the_last_resort_but_nobody_is_called() -> None:
    assert channels(channel_plan(party(email=None, phone=None), ("email", "sms"))) == ["push"]
    assert channels(channel_plan(party(email=None, devices=[]), ("email",))) == ["sms"]
    assert channel_plan(party(email=None, phone=None, devices=[]), ("email", "sms", "push")) == []


def test_every_channel_has_its_address() -> None:
    addresses = {channel: reach(party(), channel) for channel in CHANNELS}
    assert addresses == {"email": "ada@example.com", "sms": "+4915112345678", "voice": "+4915112345678", "push": "t-1"}
