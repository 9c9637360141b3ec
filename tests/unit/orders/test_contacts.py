import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from tidings.orders.contacts import (
    Unusable,
    _is_plainly_good,
    _judged_email,
    _judged_phone,
    email_address,
    known_locale,
    phone_number,
)


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
    ("text", "country", "expected"),
    [
        ("+4915112345678", None, "+4915112345678"),
        ("+49 151 123 456 78", None, "+4915112345678"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("+44 (0)20 7183 8750", "DE", "+442071838750"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("+15005550101", None, "+15005550101"),
        ("+15005550105", "DE", "+15005550105"),
    ],
)
def test_a_number_is_kept_in_e164(text: str, country: str | None, expected: str) -> None:
    assert phone_number(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("0151 12345678", None), ("12", "DE"), ("+49", None), ("call me", "DE"), ("+4915112345678 ext. 5", None),
        ("+999123456789", None), ("+1555", None), ("+491511234567890123", None), ("+15555550100", None),
    ],
)  # fmt: skip
def test_what_cannot_be_rung_is_refused(text: str, country: str | None) -> None:
    with pytest.raises(Unusable, match="is not a phone number"):
        phone_number(text, country)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_short_way_says_yes_only_when_the_library_does(region: str) -> None:
    kinds = range(phonenumbers.PhoneNumberType.VOICEMAIL + 1)
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    for example in filter(None, examples):
        text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for other in (text, text[:-1], text + "0", text[:4] + "0" + text[5:], text[:3] + "11" + text[5:]):
            if _is_plainly_good(other):
                assert _judged_phone(other, None) == (other, "")


def test_the_short_way_is_taken() -> None:
    assert _is_plainly_good("+4915112345678")
    assert _is_plainly_good("+12025550123")
    assert not _is_plainly_good("+49015112345678")
    assert not _is_plainly_good("+9991234567")
    assert not _is_plainly_good("4915112345678")
    # Kazakhstan shares +7 with Russia and is told apart by leading digits.
    assert phone_number("+77011234567", None) == "+77011234567"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("de-DE", "de-DE"), ("de_de", "de-DE"), ("DE", "de"), ("de-XX", "de"), ("de-DE-u-co-phonebk", "de-DE"),
        ("zh-TW", "zh-Hant-TW"), ("fil", "fil"), ("xx-YY", None), ("x", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_the_nearest_known_language_is_found(tag: str, expected: str | None) -> None:
    assert known_locale(tag) == expected
