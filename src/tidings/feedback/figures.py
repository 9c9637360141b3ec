"""Sums up what was said in a time: figures for reviews, without a word of anybody's."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, Field

from tidings.feedback.kinds import RATINGS
from tidings.kit.db import Tx
from tidings.kit.ids import first_id_at

# Ids are made right after the instant that is told, by machines whose clocks may differ a little.
_MARGIN: Final = timedelta(days=1)

# Along ix_feedback_storefront_id_mode_id: ids are times.
_RATED: Final = """
SELECT rating, count(*) AS count, count(comment) AS comments FROM feedback
WHERE storefront_id = $1 AND mode = $2 AND id >= $3 AND id < $4 AND given_at >= $5 AND given_at < $6
GROUP BY rating
"""

# By the primary key.
_COMMENTED: Final = """
SELECT milestone, count(*) AS count FROM template_comments
WHERE storefront_id = $1 AND id >= $2 AND id < $3 AND at >= $4 AND at < $5
GROUP BY milestone ORDER BY milestone
"""


class FeedbackFigures(BaseModel):
    """What customers and staff said in a time, as figures."""

    given: int = Field(description="Orders that were rated")
    with_comment: int
    average: float | None = Field(description="From 1 to 5; null when nobody has said anything")
    by_rating: dict[str, int] = Field(description="How many gave each rating", examples=[{"1": 0, "5": 12}])
    comments_on_templates: dict[str, int] = Field(description="What staff said, by milestone")


async def feedback_figures(tx: Tx, since: datetime, until: datetime) -> FeedbackFigures:
    """Sum up what was said of the transaction's storefront, by customers in its mode."""
    scope, ids = tx.scope, (first_id_at(since - _MARGIN), first_id_at(until + _MARGIN))
    rows = await tx.raw.fetch(_RATED, scope.storefront_id, scope.mode, *ids, since, until)
    commented = await tx.raw.fetch(_COMMENTED, scope.storefront_id, *ids, since, until)
    counts = {row["rating"]: row["count"] for row in rows}
    given = sum(counts.values())
    return FeedbackFigures(
        given=given,
        with_comment=sum(row["comments"] for row in rows),
        average=round(sum(rating * count for rating, count in counts.items()) / given, 3) if given else None,
        by_rating={str(rating): counts.get(rating, 0) for rating in RATINGS},
        comments_on_templates={row["milestone"]: row["count"] for row in commented},
    )
