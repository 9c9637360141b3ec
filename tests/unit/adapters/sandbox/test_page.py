"""What the inbox shows of a message."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from tidings.adapters.sandbox.act import REPORTS
from tidings.adapters.sandbox.fates import CHANNELS, WORDS
from tidings.adapters.sandbox.page import age, entry_of, json_of, reserved, segments_of, shortened, source_of
from tidings.adapters.sandbox.queries import Letter
from tidings.adapters.sandbox.tables import SandboxCallbackRow, SandboxMessageRow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STOREFRONT = UUID("0198f3c2-0000-7000-8000-000000000001")
ATTEMPT = UUID("0198f3c2-0000-7000-8000-000000000002")


def message(**changes) -> SandboxMessageRow:
    return SandboxMessageRow(
        **{
            "storefront_id": STOREFRONT,
            "attempt_id": ATTEMPT,
            "mode": "test",
            "connection_id": ATTEMPT,
            "connection": "sandbox-email",
            "message_id": "msg_1",
            "order_id": "ord_1",
            "channel": "email",
            "recipient": "ada@example.com",
            "subject": "Thank you",
            "text": "We have\n received it.",
            "html": None,
            "extras": {},
            "locale": "en",
            "callback_url": "http://127.0.0.1/v1/callbacks/con_1",
            "answer": "taken",
            "reason": None,
            "received_at": NOW,
        }
        | changes
    )


def callback(word="sent", **changes) -> SandboxCallbackRow:
    return SandboxCallbackRow(
        **{
            "storefront_id": STOREFRONT,
            "id": ATTEMPT,
            "attempt_id": ATTEMPT,
            "word": word,
            "at": NOW,
            "due_at": None,
            "tries": 1,
            "posted_at": NOW,
            "answer": "200",
        }
        | changes
    )


def entry(*callbacks, **changes):
    return entry_of(Letter(message(**changes), callbacks), NOW)


def test_a_message_is_headed_by_its_subject_and_previewed_on_one_line():
    assert (entry().heading, entry().preview) == ("Thank you", "We have received it.")


def test_a_message_without_a_subject_is_headed_by_its_first_words():
    shown = entry(subject=None, channel="sms", text="word " * 100)
    assert shown.heading.endswith("word…")
    assert len(shown.heading) <= 80
    assert shown.preview == ""


def test_the_news_is_the_last_callback_that_was_posted():
    shown = entry(
        callback("accepted"), callback("sent"), callback("delivered", posted_at=None, due_at=NOW, answer=None)
    )
    assert shown.news.label == "sent"


def test_a_message_of_which_nothing_was_told_has_no_news():
    assert entry(callback("accepted", posted_at=None, due_at=NOW, answer=None)).news is None


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "answered 200"),
        ({"posted_at": None, "answer": None, "due_at": NOW}, "to come"),
        ({"posted_at": None, "answer": "503", "due_at": NOW, "tries": 3}, "try 3: 503"),
        ({"posted_at": None, "answer": "given up: 500"}, "given up: 500"),
        ({"due_at": NOW}, "to be repeated"),
    ],
)
def test_a_callback_says_how_far_its_posting_is(changes, state):
    assert entry(callback(**changes)).chips[0].state == state


def test_a_callback_is_explained_by_reason_and_code():
    [chip] = entry(callback("hard_bounce", code="5.1.1", reason="No such mailbox")).chips
    assert (chip.label, chip.tone, chip.explanation) == ("bounced", "bad", "No such mailbox, code 5.1.1")


@pytest.mark.parametrize("word", WORDS)
def test_every_word_can_be_shown(word):
    assert entry(callback(word)).chips[0].label


def test_every_channel_has_something_that_can_be_done():
    assert set(REPORTS) == set(CHANNELS)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(milliseconds=900), "just now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=6), "6 d ago"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_fits(gone, told):
    assert age(NOW - gone, NOW) == told


def test_a_long_text_is_cut_at_its_length():
    assert shortened("abc", 3) == "abc"
    assert shortened("ab cd", 4) == "ab…"


@pytest.mark.parametrize(
    ("extras", "told"),
    [
        ({}, None),
        ({"segments": 1}, "1 segment"),
        ({"segments": 2, "encoding": "GSM-7"}, "2 segments (GSM-7)"),
        ({"segments": "2"}, None),
    ],
)
def test_segments_are_told_if_they_were_counted(extras, told):
    assert segments_of(message(extras=extras)) == told


def test_the_source_of_a_mail_is_a_mail():
    source = source_of(
        message(
            recipient="zoë@example.com",
            subject="Größe\r\nBcc: eve@example.com",
            html="<p>Größe</p>",
            text="Größe",
            extras={
                "headers": {
                    "Message-ID": "<msg_1@shop.example>",
                    "Subject": "other",
                    "Bad: x\n": "y",
                    "Content-Type": "x",
                }
            },
        )
    )
    mail = message_from_string(source, policy=default)
    assert mail["Subject"] == "Größe Bcc: eve@example.com"
    assert mail["Message-ID"] == "<msg_1@shop.example>"
    assert mail["Bcc"] is None
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "Größe" in source, "readable as it stands"


def test_a_mail_without_html_has_one_part():
    mail = message_from_string(source_of(message()), policy=default)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().split() == ["We", "have", "received", "it."]


def test_the_json_of_a_message_tells_all_of_it():
    told = json_of(Letter(message(), [callback("reply", said="Hm?", posted_at=None)]))
    assert told["id"] == f"att_{ATTEMPT.hex}"
    assert told["to"] == "ada@example.com"
    assert told["callbacks"][0] | {"at": None} == {
        "id": f"sbe_{ATTEMPT.hex}",
        "type": "reply",
        "code": None,
        "reason": None,
        "text": "Hm?",
        "at": None,
        "posted_at": None,
        "tries": 1,
        "answer": "200",
    }


def test_the_reserved_mailboxes_are_told_with_their_domain():
    names = [name for _, fates in reserved() for name, _ in fates]
    assert {"bounce@sandbox.test", "+15005550105", "sandbox-unregistered"} <= set(names)


def test_the_manual_tells_every_reserved_recipient_as_the_page_does():
    manual = (Path(__file__).parents[4] / "docs" / "sandbox.md").read_text("utf-8")
    told = re.findall(r"^\| ([\w-]+) \| `(.+?)` \| (.+) \|$", manual, re.MULTILINE)
    on_page = {title for title, _ in reserved()}
    assert [row for row in told if row[0] in on_page] == [
        (title, name, about) for title, fates in reserved() for name, about in fates
    ]


def test_the_source_of_a_mail_shows_what_looks_like_encoded_text_as_it_is():
    evil = "=?utf-8?q?a=0d=0aX-Evil=3a_1=0d=0a=0d=0aHello?="
    source = source_of(message(recipient=f"{evil}@evil.example", subject=evil, extras={"headers": {"X-Shop": evil}}))
    head, _, body = source.partition("\n\n")
    assert body.split() == ["We", "have", "received", "it."]
    assert f"To: {evil}@evil.example\nSubject: {evil}\n" in head
    assert f"X-Shop: {evil}\n" in head
    assert "\nX-Evil" not in source
