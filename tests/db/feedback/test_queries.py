"""Feedback and comments, found."""

from datetime import timedelta

from tests.db.feedback.counter import Rated
from tests.fixtures.shop import Shop
from tidings.feedback.comment import CommentOnTemplate, comment_on_template
from tidings.feedback.queries import CommentFilter, FeedbackFilter, comments_page, feedback_page
from tidings.kit.page import Window, decode_cursor

HOUR = timedelta(hours=1)


async def ratings(rated: Rated, asked: FeedbackFilter) -> list[int]:
    async with rated.mailroom.begin(rated.mailroom.scope) as tx:
        return [row.rating for row in (await feedback_page(tx, asked, Window())).items]


async def test_feedback_is_found_by_rating_order_and_time_the_newest_first(rated: Rated) -> None:
    orders = []
    for rating in (5, 1, 4, 1):
        message_id = await rated.told()
        await rated.give(message_id, rating)
        orders.append(await rated.order_of(message_id))
        rated.mailroom.clock.advance(HOUR)
    now = rated.mailroom.clock.now()
    assert await ratings(rated, FeedbackFilter()) == [1, 4, 1, 5]
    assert await ratings(rated, FeedbackFilter(rating=1)) == [1, 1]
    assert await ratings(rated, FeedbackFilter(order_id=orders[2])) == [4]
    assert await ratings(rated, FeedbackFilter(given_after=now - 2 * HOUR)) == [1, 4]
    assert await ratings(rated, FeedbackFilter(given_before=now - 3 * HOUR)) == [5]
    async with rated.mailroom.begin(rated.mailroom.scope) as tx:
        first = await feedback_page(tx, FeedbackFilter(), Window(limit=3))
        rest = await feedback_page(tx, FeedbackFilter(), Window(3, decode_cursor(first.next_cursor or "")))
    assert [row.rating for row in (*first.items, *rest.items)] == [1, 4, 1, 5]
    assert rest.next_cursor is None


async def test_another_shop_and_the_other_mode_see_nothing_of_it(rated: Rated, other_shop: Shop) -> None:
    await rated.give(await rated.told(), 5)
    for scope in (other_shop.scope, rated.mailroom.shop.live_scope):
        async with rated.mailroom.begin(scope) as tx:
            assert (await feedback_page(tx, FeedbackFilter(), Window())).items == []


async def test_comments_are_found_by_what_they_are_about(rated: Rated, other_shop: Shop) -> None:
    begin, scope = rated.mailroom.begin, rated.mailroom.scope
    said = [
        CommentOnTemplate("order_updated", "a", "staff/anna"),
        CommentOnTemplate("order_dispatched", "b", "staff/anna", "sms", "de", 2),
        CommentOnTemplate("order_dispatched", "c", "staff/anna", "email", "en"),
    ]
    async with begin(scope) as tx:
        for each in said:
            await comment_on_template(tx, each, now=rated.mailroom.clock.now())

    async def found(asked: CommentFilter, window: Window = Window()) -> tuple[str, str | None]:  # noqa: B008 - frozen
        async with begin(scope) as tx:
            page = await comments_page(tx, asked, window)
        return "".join(row.comment for row in page.items), page.next_cursor

    assert await found(CommentFilter()) == ("cba", None)
    assert await found(CommentFilter(milestone="order_dispatched")) == ("cb", None)
    assert await found(CommentFilter(channel="sms", locale="de", version=2)) == ("b", None)
    first, cursor = await found(CommentFilter(), Window(limit=2))
    assert (first, await found(CommentFilter(), Window(2, decode_cursor(cursor or "")))) == ("cb", ("a", None))
    async with begin(other_shop.scope) as tx:
        assert (await comments_page(tx, CommentFilter(), Window())).items == []
