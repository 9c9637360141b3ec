import json

from tidings.delivery.ports import Content
from tidings.delivery.said import said_digest
from tidings.records.digests import digest_of

SALT = bytes(16)


def test_what_was_said_and_to_whom_can_be_proved_from_what_is_kept() -> None:
    content = Content(
        "Thank you.", "Your order", "<p>Thank you.</p>", {"from": "shop@x.test", "a": {"z": 1, "b": None}}
    )
    kept = json.loads(json.dumps({"a": {"b": None, "z": 1}, "from": "shop@x.test"}))
    told = said_digest(SALT, "ada@x.test", "email", content)
    assert told == said_digest(SALT, "ada@x.test", "email", Content(content.text, content.subject, content.html, kept))
    extras = '{"a":{"b":null,"z":1},"from":"shop@x.test"}'
    assert told == digest_of(SALT, "ada@x.test", "email", "Your order", "Thank you.", "<p>Thank you.</p>", extras)


def test_another_recipient_or_word_is_another_digest() -> None:
    told = {
        said_digest(SALT, to, channel, Content(text, subject))
        for to in ("a", "b")
        for channel in ("sms", "push")
        for text in ("x", "y")
        for subject in (None, "")
    }
    assert len(told) == 16


def test_what_was_rendered_before_there_were_salts_has_none() -> None:
    assert said_digest(None, "a", "sms", Content("x")) is None
