"""Phone numbers and languages: judged, and brought into their one form.

Each answer is kept for a while, because the same few inputs come again (a repeat, a retry, a load test) and the
libraries take their time.
"""

import re
from functools import lru_cache
from typing import Final

import phonenumbers
from babel import Locale, UnknownLocaleError

from tidings.kit.addresses import Unusable

_KEPT: Final = 4096

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_CODE_LENGTHS: Final = (1, 2, 3)


def phone_number(text: str, country: str | None) -> str:
    """The number in E.164.

    Args:
        text: as it was given.
        country: whose national numbers are meant when it does not start with `+`.

    Raises:
        Unusable: it is not a phone number that could be rung.
    """
    if _is_plainly_good(text):
        return text
    number, reason = _judged_phone(text, country.upper() if country and not text.startswith("+") else None)
    if number is None:
        raise Unusable(reason)
    return number


def _is_plainly_good(text: str) -> bool:
    """E.164 already, and in a range that is in use: what parsing, judging and formatting would find out slowly.

    Told only of a calling code's main region, whose ranges are looked at first, and of numbers that parsing cannot
    read in another way (a leading zero, a national prefix).
    """
    digits = _E164.fullmatch(text)
    if digits is None:
        return False
    for length in _CODE_LENGTHS:
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(text[1 : length + 1]))
        if regions is not None:
            ranges = _ranges(regions[0])
            return ranges is not None and ranges.fullmatch(text[length + 1 :]) is not None
    return False


@lru_cache(maxsize=300)
def _ranges(region: str) -> re.Pattern[str] | None:
    """The fixed and mobile numbers of a region, without those that begin like a national prefix."""
    data = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if data is None or data.leading_digits is not None or data.general_desc is None:
        return None
    kinds = (data.fixed_line, data.mobile)
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern]
    general, prefix = data.general_desc.national_number_pattern, data.national_prefix_for_parsing
    without_prefix = f"(?!{prefix})" if prefix else ""
    return re.compile(rf"(?=(?:{general})\Z){without_prefix}(?:{'|'.join(patterns)})", re.ASCII) if patterns else None


@lru_cache(maxsize=_KEPT)
def _judged_phone(text: str, country: str | None) -> tuple[str | None, str]:
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None, "is not a phone number; write it with its country, such as +4915112345678"
    if parsed.extension is not None or not phonenumbers.is_valid_number(parsed):
        return None, "is not a phone number that is in use anywhere"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), ""


@lru_cache(maxsize=_KEPT)
def known_locale(tag: str) -> str | None:
    """The nearest language tag that Babel knows: `de_de` → `de-DE`, `de-XX` → `de`; None when it knows none."""
    try:
        return str(Locale.parse(tag.replace("_", "-"), sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        shorter, _, _ = tag.replace("_", "-").rpartition("-")
        return known_locale(shorter) if shorter else None
