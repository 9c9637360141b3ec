"""The plain story."""

import pytest

from tests.unit.cli.dev.willing import steps_of
from tidings.cli.dev.straight import straight


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
async def test_an_order_is_checked_by_hand_sent_and_arrives(channel: str):
    assert await steps_of(straight(channel)) == [f"place {channel}", "check", "ship", "deliver ship-3"]
