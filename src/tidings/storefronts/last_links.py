"""Until when links work that were made by now, as far as the shops' own rules say how long."""

from datetime import datetime
from typing import Final

from tidings.kit.db import Tx
from tidings.storefronts.improvement import FeedbackRules

# All the rules that ever were: some to a shop. What was made under those of before may work longer than under those of
# now, but not longer than from the moment when they were replaced.
_LAST: Final = """
SELECT max(coalesce(r.until_at, $1) + make_interval(days => coalesce((r.policy #>> '{feedback,link_days}')::int, $2)))
FROM (
    SELECT policy, lead(from_at) OVER (PARTITION BY storefront_id ORDER BY version) AS until_at FROM rule_books
    UNION ALL
    SELECT policy, NULL FROM storefronts
) r
"""


async def last_feedback_link_ends(tx: Tx, *, now: datetime) -> datetime:
    """When the last link to a feedback page ends that any shop's customers have been sent."""
    ends: datetime | None = await tx.raw.fetchval(_LAST, now, FeedbackRules().link_days)
    return max(ends or now, now)
