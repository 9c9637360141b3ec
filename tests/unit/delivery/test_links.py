"""Only links whose maker is there, and has something to link to, are in a message."""

from datetime import UTC, datetime

from tidings.delivery.links import Linked, made_links
from tidings.kit.ids import new_id

MESSAGE = Linked(
    storefront_id=new_id(),
    mode="live",
    order_id=new_id(),
    message_id=new_id(),
    milestone="order_completed",
    channel="sms",
    snapshot={"documents": [{"kind": "invoice"}]},
    now=datetime(2026, 11, 29, 9, tzinfo=UTC),
)


def test_each_maker_is_asked_about_the_message_and_may_have_no_link_for_it() -> None:
    asked = []

    def documents(message: Linked) -> str | None:
        asked.append(message)
        return f"https://shop.example/d/{message.order_id.hex}" if message.snapshot.get("documents") else None

    links = made_links({"documents": documents, "feedback": lambda _: None}, MESSAGE)
    assert links == {"documents": f"https://shop.example/d/{MESSAGE.order_id.hex}"}
    assert asked == [MESSAGE]


def test_without_makers_there_are_no_links() -> None:
    assert made_links({}, MESSAGE) == {}
