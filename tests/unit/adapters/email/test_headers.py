"""A mail's header lines: one header each, read by everybody as it was said."""

from email import message_from_string
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given

from tests.unit.adapters.email.encoded import outside
from tidings.adapters.email.headers import apart, header_line, header_value, mailbox_line, one_line
from tidings.adapters.email.mailbox import Mailbox


def read(line: str):
    """As Python's newer way of reading has it."""
    return message_from_string(f"{line}\r\n\r\n", policy=default)


def read_of_old(line: str) -> str:
    """As its older way has it, which knows no header by its name."""
    unfolded = "".join(line.partition(": ")[2].splitlines())
    return str(make_header(decode_header(unfolded)))


@given(outside)
def test_a_text_is_read_as_it_was_said(text):
    line = header_line("Subject", text)
    mail = read(line)
    assert mail.keys() == ["Subject"]
    assert str(mail["Subject"]) == read_of_old(line) == one_line(text)
    assert line.isascii()
    assert max(map(len, line.split("\r\n"))) <= 998


@given(outside)
def test_a_name_is_read_as_it_was_said(name):
    line = mailbox_line("From", Mailbox(name, "orders@shop.example"))
    mail = read(line)
    assert mail.keys() == ["From"]
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == "orders@shop.example"
    called, address = parseaddr("".join(line.removeprefix("From: ").splitlines()))
    assert (str(make_header(decode_header(called))), address) == (one_line(name), "orders@shop.example")
    # Before an address it sees blanks between encoded words, which are none (RFC 2047, 6.2).
    assert sender.display_name.replace(" ", "") == one_line(name).replace(" ", "")
    assert line.isascii()


@given(outside)
def test_nothing_is_left_to_be_decoded_where_somebody_else_writes(text):
    assert "=?" not in apart(text)
    assert str(make_header(decode_header(apart(text)))) == apart(text)
    assert apart(text).replace("\u2060", "") == one_line(text).replace("\u2060", "")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Tea Shop", "From: Tea Shop <a@b.example>"),
        ("Tea, Shop", 'From: "Tea, Shop" <a@b.example>'),
        ('The "Tea" \\ Shop', 'From: "The \\"Tea\\" \\\\ Shop" <a@b.example>'),
        ("Teeläden", "From: =?utf-8?b?VGVlbMOkZGVu?= <a@b.example>"),
        ("=?x?=", "From: =?utf-8?b?PT94Pz0=?= <a@b.example>"),
        (" ", "From: a@b.example"),
    ],
)
def test_a_name_that_needs_quotes_or_other_letters_gets_them(name, written):
    assert mailbox_line("From", Mailbox(name, "a@b.example")) == written


def test_a_long_value_goes_on_lines_and_no_word_is_broken():
    words = " ".join(f"<ord_{number:040}@shop.example>" for number in range(4))
    line = header_line("References", words)
    assert [len(each) for each in line.split("\r\n")] == [71, 60, 60, 60]
    assert line.replace("\r\n", "") == f"References: {words}"
    address = f"<https://shop.example/{'x' * 200}>"
    assert header_line("List-Unsubscribe", address) == f"List-Unsubscribe: {address}"


def test_a_word_that_fits_on_no_line_is_cut_into_encoded_ones():
    line = header_line("Subject", "x" * 2000)
    assert max(map(len, line.split("\r\n"))) <= 78
    assert read(line)["Subject"] == "x" * 2000


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-A", Mailbox("", "a@b.example\r\nBcc: c@d.example")), ("X-A:\r\nBcc", Mailbox("", "a@b.example"))],
)
def test_more_than_one_header_is_never_written(name, value):
    with pytest.raises(ValueError, match="more than one header"):
        mailbox_line(name, value)


def test_what_is_plain_stays_readable():
    assert header_value("Order #1 = tea? yes") == "Order #1 = tea? yes"
    assert header_line("Subject", "") == "Subject: "
    with pytest.raises(ValueError, match="surrogate"):
        header_value("\ud800")
