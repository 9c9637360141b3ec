"""The plain story: an order that is confirmed, checked by hand, sent in one parcel, and arrives."""

from tidings.cli.dev.story import Plot, Story


def straight(channel: str) -> Plot:
    """It, for a customer who prefers this channel."""
    told = ("order_confirmation", "order_processing", "order_dispatched", "order_delivered")
    return Plot(channel, told, _walk, "has arrived, and so have its messages.")


async def _walk(story: Story) -> None:
    shop, order = story.shop, story.order
    await story.reached("order_confirmation")
    await shop.check(order)
    await story.reached("order_processing")
    shipment = await shop.ship(order)
    await story.reached("order_dispatched")
    await shop.deliver(shipment)
    await story.reached("order_delivered")
