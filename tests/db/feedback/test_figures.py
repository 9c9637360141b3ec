"""Feedback, summed up."""

from datetime import timedelta

from tests.db.feedback.counter import Rated
from tidings.feedback.comment import CommentOnTemplate, comment_on_template
from tidings.feedback.figures import FeedbackFigures, feedback_figures

DAY = timedelta(days=1)


async def test_nothing_said_is_no_average(rated: Rated) -> None:
    now = rated.mailroom.clock.now()
    async with rated.mailroom.begin(rated.mailroom.scope) as tx:
        found = await feedback_figures(tx, now - DAY, now)
    none = {str(rating): 0 for rating in range(1, 6)}
    assert found == FeedbackFigures(given=0, with_comment=0, average=None, by_rating=none, comments_on_templates={})


async def test_what_was_said_in_the_time_counts(rated: Rated) -> None:
    start = rated.mailroom.clock.now()
    for rating, comment in ((5, None), (5, "!"), (2, "?")):
        await rated.give(await rated.told(), rating, comment)
    async with rated.mailroom.begin(rated.mailroom.scope) as tx:
        await comment_on_template(tx, CommentOnTemplate("order_updated", "a", "staff/anna"), now=start)
    async with rated.mailroom.begin(rated.mailroom.scope) as tx:
        found = await feedback_figures(tx, start, start + DAY)
        before = await feedback_figures(tx, start - DAY, start)
    async with rated.mailroom.begin(rated.mailroom.shop.live_scope) as tx:
        live = await feedback_figures(tx, start, start + DAY)
    assert (found.given, found.with_comment, found.average) == (3, 2, 4.0)
    assert found.by_rating == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 2}
    assert found.comments_on_templates == {"order_updated": 1}
    assert (before.given, before.comments_on_templates) == (0, {})
    assert (live.given, live.comments_on_templates) == (0, {"order_updated": 1})
