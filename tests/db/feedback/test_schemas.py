"""Feedback on the wire."""

from tests.db.feedback.counter import Rated
from tidings.feedback.queries import FeedbackFilter, feedback_page
from tidings.feedback.schemas import comment_of, feedback_of
from tidings.feedback.tables import TemplateCommentRow
from tidings.kit.ids import new_id, wire
from tidings.kit.page import Window


async def test_feedback_names_its_order_and_its_message(rated: Rated) -> None:
    message_id = await rated.told()
    await rated.give(message_id, 3, "all right")
    async with rated.mailroom.begin(rated.mailroom.scope) as tx:
        (row,) = (await feedback_page(tx, FeedbackFilter(), Window())).items
    told = feedback_of(row)
    assert (told.order_id, told.message_id) == (wire("ord", row.order_id), wire("msg", message_id))
    assert (told.rating, told.comment, told.channel) == (3, "all right", "email")


def test_a_comment_says_what_it_is_about() -> None:
    row = TemplateCommentRow(
        storefront_id=new_id(), id=new_id(), milestone="order_updated", channel=None, locale="de", version=None,
        comment="x", actor="staff/anna", at="2026-11-29T12:00:00Z",
    )  # fmt: skip
    told = comment_of(row)
    assert (told.id, told.channel, told.locale) == (wire("tcm", row.id), None, "de")
