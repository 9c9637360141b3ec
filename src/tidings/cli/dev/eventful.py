"""The eventful story: verified by machine, on hold for a while, changed, sent in two parcels, completed, and rated."""

import re
from typing import Any, Final

from tidings.cli.dev.shop import StepFailed
from tidings.cli.dev.story import Plot, Story

_TOLD: Final = (
    "order_confirmation",
    "order_processing",
    "issue_notification",
    "issue_resolved",
    "change_acknowledged",
    "change_decided",
    "order_dispatched",
    "order_delivered",
    "order_completed",
)
# Of no street number: the parcel would come back.
_DETAILS: Final = "The carrier does not find a house with this number in your street."
_NEXT_STEPS: Final = "Please tell us the right number; your order waits until then."
_MOVED: Final[dict[str, Any]] = {"shipping_address": {"line1": "Chausseestraße 5", "postal_code": "10115"}}
# Two of them, because the demo's policy wants two for orders of this worth.
_APPROVERS: Final = ("staff/anna", "staff/ben")
_RATING: Final = 5
_FEEDBACK_LINK: Final = re.compile(r"https?://\S+/f/[\w.~-]+")


async def _walk(story: Story) -> None:
    await story.reached("order_confirmation")
    # The payment provider and our own stock ledger say that all is well.
    await story.became("processing")
    await story.reached("order_processing")
    await _clear_up(story)
    await _change(story)
    await _send(story)
    await story.shop.complete(story.order)
    await story.reached("order_completed")
    await story.holds(_has_documents, "its documents are not there, or not what they are said to be")
    await _rate(story)


async def _has_documents(story: Story) -> bool:
    documents = await story.shop.documents(story.order)
    return bool(documents) and all(document["is_whole"] for document in documents)


async def _rate(story: Story) -> None:
    """By the link that the customer was sent."""
    told = [message for message in await story.shop.messages(story.order) if message["milestone"] == "order_completed"]
    links = [link for message in told if (link := _FEEDBACK_LINK.search(message["content"]["text"]))]
    if not links:
        raise StepFailed(f"order {story.order.number}: the completion message asks nobody how it was")
    await story.shop.rate(links[0].group(), _RATING, "All went well, and somebody rang me about the address.")
    await story.holds(_is_rated, "what its customer said has not come to the shop")


async def _is_rated(story: Story) -> bool:
    return list(await story.shop.ratings(story.order)) == [_RATING]


async def _clear_up(story: Story) -> None:
    issue = await story.shop.open_issue(story.order, "address_problem", _DETAILS, _NEXT_STEPS)
    await story.reached("issue_notification")
    await story.shop.resolve(issue, "You told us where it goes.")
    await story.reached("issue_resolved")


async def _change(story: Story) -> None:
    request = await story.shop.ask(story.order, "modification", "gave the wrong address", _MOVED)
    await story.reached("change_acknowledged")
    for actor in _APPROVERS:
        await story.shop.approve(request, "Nothing has left yet.", actor=actor)
    await story.reached("change_decided")


async def _send(story: Story) -> None:
    shop, order = story.shop, story.order
    first = await shop.ship(order, (1, 1))
    await story.reached("order_dispatched")
    second = await shop.ship(order)
    await story.reached("order_dispatched", times=2)
    await shop.track(first, "out_for_delivery", "On the van")
    await shop.deliver(first)
    await story.reached("order_delivered")
    await shop.deliver(second)
    await story.reached("order_delivered", times=2)
    await story.became("delivered")


EVENTFUL: Final = Plot("email", _TOLD, _walk, "is complete: every step was taken, every promise kept.", is_stocked=True)
