"""Phone numbers and languages: judged, and brought into their one form."""

import phonenumbers
import pytest

from tidings.kit.addresses import Unusable
from tidings.orders.contacts import _is_plainly_good, _judged_phone, known_locale, phone_number


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
