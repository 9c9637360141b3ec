"""A mail as bytes."""

import dataclasses
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.adapters.email.encoded import addresses, outside
from tidings.adapters.email import mime
from tidings.adapters.email.headers import one_line
from tidings.adapters.email.mailbox import Mailbox
from tidings.adapters.email.mime import Letterhead, extra_headers, letter
from tidings.delivery.ports import Attachment, Content, Outgoing

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HEAD = Letterhead(Mailbox("Teeläden", "orders@shop.example"))


def outgoing(content: Content, to: str = "ada@example.com") -> Outgoing:
    return Outgoing("att_1", "msg_1", "ord_1", "email", to, content, "de_DE", "https://x", NOW)


def written(content: Content, **more: str):
    raw = letter(outgoing(content), HEAD, now=NOW, more=more)
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
    raw = letter(outgoing(Content("t"), "jürgen@bücher.example"), HEAD, now=NOW, more={})
    assert "\r\nTo: jürgen@xn--bcher-kva.example\r\n" in raw.decode()
    with pytest.raises(ValueError, match="codec"):
        letter(outgoing(Content("t")), Letterhead(Mailbox("", "jürgen@shop.example")), now=NOW, more={})


EXPECTED = [
    "Date", "Message-ID", "From", "To", "Reply-To", "Subject", "X-Shop", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "Content-Language", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip
BODY = "Thank you.\nYour order.\n"


def header_names(raw: bytes) -> list[str]:
    """As anybody has them who just goes by lines."""
    head, _, body = raw.partition(b"\r\n\r\n")
    assert body == BODY.replace("\n", "\r\n").encode()
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]


@given(to=st.just("ada@example.com") | addresses, subject=outside, name=outside, extra=outside)
def test_nothing_from_outside_starts_a_header_or_the_body(to, subject, name, extra):
    head = Letterhead(Mailbox(name, "orders@shop.example"), Mailbox(name, "help@shop.example"))
    content = Content(BODY, subject, extras={"headers": {"X-Shop": extra}})
    try:
        raw = letter(outgoing(content, to), head, now=NOW, more={})
    except ValueError:
        assert to != "ada@example.com"
        return
    mail = message_from_bytes(raw, policy=default)
    assert header_names(raw) == mail.keys() == EXPECTED
    assert mail.get_content().replace("\r\n", "\n") == BODY
    assert mail["Subject"] == one_line(subject)
    assert mail["X-Shop"] == one_line(extra)
    assert mail["From"].addresses[0].addr_spec == "orders@shop.example"
    assert mail["Reply-To"].addresses[0].addr_spec == "help@shop.example"
    assert len(mail["From"].addresses) == len(mail["Reply-To"].addresses) == len(mail["To"].addresses) == 1


@given(outside)
def test_nothing_in_an_attachments_name_does_either(name):
    attached = dataclasses.replace(outgoing(Content(BODY)), attachments=(Attachment(name, "application/pdf", b"%PDF"),))
    raw = letter(attached, HEAD, now=NOW, more={})
    assert b"X-Evil: 1" not in raw
    mail = message_from_bytes(raw, policy=default)
    (part,) = mail.iter_attachments()
    assert sorted(part.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type", "MIME-Version"]
    assert part.get_content() == b"%PDF"


def test_a_part_whose_header_would_be_two_is_not_written(monkeypatch):
    monkeypatch.setattr(mime, "file_name", str)
    hidden = Attachment("=?utf-8?q?a=0d=0aX-Evil=3a_1?=", "application/pdf", b"%PDF")
    attached = dataclasses.replace(outgoing(Content(BODY)), attachments=(hidden,))
    with pytest.raises(ValueError, match="more than one"):
        letter(attached, HEAD, now=NOW, more={})
