"""A mail as bytes."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.email.mailbox import Mailbox
from tidings.adapters.email.mime import Letterhead, extra_headers, letter, mail_bytes, one_line
from tidings.delivery.ports import Content, Outgoing

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HEAD = Letterhead(Mailbox("Teeläden", "orders@shop.example"))


def outgoing(content: Content, to: str = "ada@example.com") -> Outgoing:
    return Outgoing("att_1", "msg_1", "ord_1", "email", to, content, "de_DE", "https://x", NOW)


def written(content: Content, **more: str):
    raw = mail_bytes(letter(outgoing(content), HEAD, now=NOW, more=more), international=False)
    return raw, message_from_bytes(raw, policy=default)


@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=2000),
    subject=st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)
def test_whatever_is_said_arrives_and_no_line_is_too_long(text, subject):
    raw, mail = written(Content(text, subject, f"<p>{text}</p>"))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    body = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert body.rstrip("\n") == text.rstrip("\n")
    assert " ".join(str(mail["Subject"]).split()) == one_line(subject)


def test_a_line_break_in_a_subject_starts_no_header():
    raw, mail = written(Content("text", "Order\r\nBcc: eve@example.com"))
    assert mail["Subject"] == "Order Bcc: eve@example.com"
    assert mail["Bcc"] is None
    assert b"\r\nBcc:" not in raw


def test_a_template_may_add_headers_but_none_that_a_mail_is_made_of():
    extras = {"headers": {"List-Unsubscribe": "<x>", "X-A": "1\r\n2", "Bcc": "eve", "Content-Type": "x", "X-ü": "no"}}
    assert extra_headers(outgoing(Content("t", extras=extras))) == {"List-Unsubscribe": "<x>", "X-A": "1 2"}
    assert extra_headers(outgoing(Content("t", extras={"headers": "no mapping"}))) == {}


def test_what_the_connection_says_goes_before_what_a_template_says():
    _, mail = written(
        Content("t", extras={"headers": {"X-Tidings-Attempt": "forged"}}), **{"X-Tidings-Attempt": "ours"}
    )
    assert mail.get_all("X-Tidings-Attempt") == ["ours"]


def test_the_language_is_told_for_the_whole_mail():
    _, mail = written(Content("t", "s", "<p>h</p>"))
    assert mail["Content-Language"] == "de-DE"
    assert mail["From"] == "Teeläden <orders@shop.example>"
    assert mail["Date"].datetime == NOW


def test_a_recipient_that_is_no_address_is_refused():
    with pytest.raises(ValueError, match="address"):
        letter(outgoing(Content("t"), "nobody"), HEAD, now=NOW, more={})


def test_an_international_recipient_is_written_as_it_is_where_that_is_understood():
    mail = letter(outgoing(Content("t"), "jürgen@example.com"), HEAD, now=NOW, more={})
    assert "To: jürgen@example.com" in mail_bytes(mail, international=True).decode()
