"""E-mail addresses: judged, and brought into the one form that every mail system understands."""

import unicodedata
from email.utils import parseaddr

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.addresses import Unusable, _judged_email, ascii_domain, email_address, named


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Byron+tea@EXAMPLE.com", "Ada.Byron+tea@example.com"),
        ("o'hara@example.co.uk", "o'hara@example.co.uk"),
        ("ada@bücher.example.com", "ada@xn--bcher-kva.example.com"),
        ("delivered@sandbox.test", "delivered@sandbox.test"),
        ("jürgen@example.com", "jürgen@example.com"),
    ],
)
def test_an_address_is_brought_into_its_deliverable_form(given_text: str, expected: str) -> None:
    assert email_address(given_text, test=True) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "a b@example.com", "ada@example..com",
        ".ada@example.com", "ada.@example.com", "a..b@example.com", "ada@-example.com", "Ada <ada@example.com>",
        "ada@localhost", "ada@printer.local", "ada@example.com\n", "ada@example.com\nBcc: x@example.com",
        "x" * 65 + "@example.com", "ada@" + "x" * 64 + ".com", "ada@127.0.0.1", "a\x00@example.com", "ada@ab--c.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Unusable, match="is not an e-mail address"):
        email_address(text, test=True)


@pytest.mark.parametrize("text", ["a@shop.test", "a@SHOP.TEST", "a@test"])
def test_test_domains_are_for_test_mode(text: str) -> None:
    with pytest.raises(Unusable):
        email_address(text, test=False)


letters = st.text("abyzABYZ0189._+-@'é", min_size=1, max_size=20)


@given(
    local=letters, domain=letters, top=st.sampled_from(["com", "test", "local", "invalid", "x", "c0m", "de-", "museum"])
)
def test_the_short_way_says_what_the_library_says(local: str, domain: str, top: str) -> None:
    text = f"{local}@{domain}.{top}"
    try:
        found: str | None = email_address(text, test=False)
    except Unusable:
        found = None
    assert found == _judged_email(text, test=False)[0]


def test_the_library_is_the_judge_of_odd_addresses() -> None:
    with pytest.raises(EmailNotValidError):
        validate_email("ada@ab--c.com", check_deliverability=False)


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?a=0d=0aX-Evil=3a_1=0d=0a=0d=0aHello?=@evil.com", "=?utf-8?b?DQpYOiAx?=@evil.com",
        "a=?utf-8?q?=0a?=@evil.com", "=?@example.com",
    ],
)  # fmt: skip
def test_what_mail_programs_would_decode_is_no_address(text: str) -> None:
    for test in (True, False):
        with pytest.raises(Unusable, match=r"is not an e-mail address: =\? begins encoded text"):
            email_address(text, test=test)
    with pytest.raises(ValueError, match="no e-mail address"):
        ascii_domain(text)


@pytest.mark.parametrize("text", ["a=b@example.com", "a?=@example.com", "x?y=z@example.com"])
def test_its_letters_alone_do_no_harm(text: str) -> None:
    assert email_address(text, test=False) == text
    assert ascii_domain(text) == text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("jürgen@example.com", "jürgen@example.com"),
        # Python's own codec would write to strasse.example.
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@παράδειγμα.test", "ada@xn--hxajbheg2az3al.test"),
        ("orders@mail_relay.intranet", "orders@mail_relay.intranet"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_international_domain_is_written_in_letters_that_all_systems_know(given_text: str, expected: str) -> None:
    assert ascii_domain(given_text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@shop.example", "ada@", "a b@shop.example", "a@b@c", "a\r\nb@c.example", "<>", "x\x00@y.example",
        f"ada@{'ü' * 70}.example", "ada@-shop.example", "ada@shop-.example", "ada@a..b", "ada@shop.example.",
        "ada@ü..b", "ada@sh op.example", "ada@[127.0.0.1]", "ada@shop\r\n.example", f"ada@{'x' * 64}.example",
        f"ada@{'x.' * 127}example", "ada@ü<x", "a" * 65 + "@shop.example", "ada@\u200b.example", "ada@=?ü?=.example",
    ],
)  # fmt: skip
def test_a_domain_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        ascii_domain(text)


@given(st.text(max_size=40) | st.text('aü@.-=?<>"\\ \r\n_', max_size=40))
def test_whatever_is_let_through_is_one_word_with_a_domain_in_ascii(text: str) -> None:
    try:
        found = ascii_domain(text)
    except ValueError:
        return
    assert found.rpartition("@")[2].isascii()
    assert found.split() == [found]
    assert "=?" not in found


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_a_name_before_an_address_is_read_as_it_was(name: str) -> None:
    text = named(name, "orders@shop.example")
    assert len(text.splitlines()) == 1
    said = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in name)
    assert parseaddr(text) == (" ".join(said.split()), "orders@shop.example")
