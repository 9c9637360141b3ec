"""What is told of a review: event, record and e-mail, about no order."""

import json

import httpx

from tests.db.reviews.board import Board
from tests.fixtures.facts import told
from tests.fixtures.lines import Exchange, FakeSender
from tidings.kit.ids import wire


async def test_the_shop_is_told_with_a_snapshot_of_the_review(board: Board, live_api: httpx.AsyncClient) -> None:
    await board.policy(completes_after_days=7)
    await board.look()
    (event,) = (await live_api.get("/v1/events")).json()["items"]
    assert (event["type"], event["order_sequence"]) == ("review.opened", 1)
    assert event["data"].keys() == {"actor", "review"}, "about no order"
    review = event["data"]["review"]
    assert (review["id"], review["stage"], review["status"]) == (await board.wire_id(), "opened", "open")
    assert [cause["kind"] for cause in review["causes"]] == ["policy"]


async def test_the_mail_is_sent_like_any_other(board: Board, exchange: Exchange, live_api: httpx.AsyncClient) -> None:
    sender = FakeSender()
    exchange.connect(board.shop, "email", sender, mode="live")
    await board.policy(completes_after_days=7)
    await board.look()
    await exchange.run()
    (message,) = (await live_api.get("/v1/messages")).json()["items"]
    assert (message["milestone"], message["order_id"], message["status"]) == ("review_due", None, "sent")
    assert message["subject_id"] == await board.wire_id()


async def test_records_hold_ids_and_words_only(board: Board) -> None:
    await board.ask("Because Ada Byron of ada@example.com complained")
    await board.conclude()
    records = await told(board.begin, "SELECT data::text AS data FROM records WHERE storefront_id = $1", board.shop.id)
    text = json.dumps([row["data"] for row in records])
    assert "Ada" not in text
    assert "Well enough" not in text
    assert wire("rev", (await board.reviews())[0]["id"]) in text
