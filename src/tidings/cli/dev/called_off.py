"""The story of an order that is called off: cancelled at the customer's wish, and the money goes back."""

from typing import Final

from tidings.cli.dev.story import Plot, Story

_TOLD: Final = (
    "order_confirmation",
    "order_processing",
    "change_acknowledged",
    "change_decided",
    "refund_update",
)
_APPROVERS: Final = ("staff/anna", "staff/ben")


async def _walk(story: Story) -> None:
    shop, order = story.shop, story.order
    await story.reached("order_confirmation")
    await story.became("processing")
    await story.reached("order_processing")
    request = await shop.ask(order, "cancellation", "ordered twice")
    await story.reached("change_acknowledged")
    for actor in _APPROVERS:
        await shop.approve(request, "Nothing has left yet.", actor=actor)
    await story.became("cancelled")
    await story.reached("change_decided")
    await story.reached("refund_update")
    await story.holds(_is_refunded, "its money did not go back")


async def _is_refunded(story: Story) -> bool:
    refunds = await story.shop.refunds(story.order)
    return bool(refunds) and all(refund["status"] == "succeeded" for refund in refunds)


CALLED_OFF: Final = Plot(
    "email", _TOLD, _walk, "is cancelled, and the money is back: every promise was kept.", is_stocked=True
)
