"""What is to be told when a modification changes where the customer is reached: there, and where it was before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tidings.changes.outcome import News
from tidings.kit.rows import json_text
from tidings.milestones.facts import Party
from tidings.orders.load import About, HeldOrder, party_of

# What a request may change of it.
REACHED_BY: Final = ("email", "phone")


def contact_news(order: HeldOrder, before: Party) -> list[News]:
    """The facts about an order's changed contact; none where it is as before.

    Args:
        order: as it is now.
        before: the customer as they were reached before.
    """
    now = party_of(order.row)
    changed = [name for name in REACHED_BY if getattr(before, name) != getattr(now, name)]
    if not changed:
        return []
    news = [News("contact.changed", _about(changed, "new"))]
    # Only over what is left: whoever goes on being reached there has been told.
    email, phone = (getattr(before, name) if name in changed else None for name in REACHED_BY)
    left = replace(before, devices=(), email=email, phone=phone)
    if email or phone:
        news.append(News("contact.left", _about(changed, "old"), left))
    return news


def _about(changed: Sequence[str], to: str) -> About:
    return About(
        data={"changed": list(changed), "to": to},
        snapshot={"contact": json_text({"changed": list(changed), "to": to})},
    )
