"""The eventful story."""

from tests.unit.cli.dev.willing import steps_of
from tidings.cli.dev.eventful import EVENTFUL


async def test_an_order_has_an_issue_is_changed_and_sent_in_two_parcels():
    steps = await steps_of(EVENTFUL)
    assert [step.split()[0] for step in steps] == [
        "stock_up", "place", "open_issue", "resolve", "ask", "approve", "approve", "ship", "ship", "track", "deliver",
        "deliver", "complete", "rate",
    ]  # fmt: skip
    assert {step.split()[-1] for step in steps if step.startswith("approve")} == {"staff/anna", "staff/ben"}
    assert steps[-1].startswith("rate http://shop.test/f/to.ken-1 ")
    # One piece, then the rest.
    assert steps[7:9] == ["ship (1, 1)", "ship"]
