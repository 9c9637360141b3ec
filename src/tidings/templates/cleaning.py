"""Text from outside, made fit to stand in a message: one line, no control characters, no tricks with direction."""

import re
import unicodedata
from typing import Final

MAX_URL: Final = 2000

# Controls; marks that turn the reading direction for what follows; zero-width space, byte-order mark, non-characters.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]+"
)
# Half of a character: passes JSON parsers, and no encoder takes it.
_HALF = re.compile(r"[\ud800-\udfff]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
# What belongs to the character before it: marks, variation selectors, skin tones, joiners, flags' tags.
_CONTINUES = re.compile(
    r"[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u200d\U0001f3fb-\U0001f3ff"
    r"\U000e0020-\U000e007f]"
)
_JOINER = "\u200d"
_ELLIPSIS = "…"
# What ends a sentence, in the scripts that customers write; and what may stand behind it.
_STOPS: Final = tuple(".!?…:。\uff01\uff1f\u061f\u06d4।")
_CLOSING: Final = "\"')]}»”\u2019」』\uff09"
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"

# A host is needed; what could end an attribute, a sentence's quotes or a template tag is not.
_LINK = re.compile(r"https?://[^\s/?#<>\"'`{}|\\^\x00-\x1f\x7f][^\s<>\"'`{}|\\^\x00-\x1f\x7f]*", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]+@[^\s<>()\[\]\"',;:@]+")
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def clean(text: str, limit: int = 200) -> str:
    """The same text on one line, without what nobody can see or encode, and not longer than `limit`."""
    if text.isascii() and text.isprintable():
        # Most are as they should be already.
        if len(text) <= limit and "  " not in text and text.strip() == text:
            return text
    else:
        text = _HALF.sub("\N{REPLACEMENT CHARACTER}", text)
        text = _UNWANTED.sub("", unicodedata.normalize("NFC", text))
    return shortened(" ".join(text.split()), limit)


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, in at most `limit` characters; never half an emoji."""
    if len(text) <= limit:
        return text
    end = max(limit - len(_ELLIPSIS), 0)
    while end and (_CONTINUES.match(text, end) or text[end - 1] == _JOINER):
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    if space > end * 2 // 3:
        end = space
    return text[:end].rstrip(" ,;:-") + _ELLIPSIS


def sentence(text: str, stop: str) -> str:
    """The text as a sentence of its own: with a full stop, unless it ends like one already."""
    return text if not text or text.rstrip(_CLOSING).endswith(_STOPS) else text + stop


def isolated(text: str, *, right_to_left: bool) -> str:
    """The text, fenced in if it runs (or may run) against the message's direction, so that it moves nothing else.

    Args:
        text: a name, an address line, anything that is put into a sentence.
        right_to_left: the direction of the message.
    """
    if not text or (not right_to_left and (text.isascii() or not _RIGHT_TO_LEFT.search(text))):
        return text
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}"


def link(text: str | None) -> str:
    """The text if it is a web address that may be shown as a link, else nothing: never `javascript:`."""
    text = (text or "").strip()
    if len(text) > MAX_URL or not _LINK.fullmatch(text):
        return ""
    return text if text.isascii() or not (_HALF.search(text) or _UNWANTED.search(text)) else ""


def mail_address(text: str | None) -> str:
    """The text if it can stand behind `mailto:`, else nothing."""
    text = clean(text or "", 320)
    return text if _MAIL_ADDRESS.fullmatch(text) else ""


def dialled(text: str) -> str:
    """A phone number as it stands behind `tel:`."""
    return "".join(char for char in text if char in "+0123456789")


def color(text: str | None, default: str) -> str:
    """The text if it is a colour of six (or three) hexadecimal digits, else the default; six digits always."""
    found = (text or "").strip()
    if not _COLOR.fullmatch(found):
        return default
    digits = found[1:]
    return f"#{digits}" if len(digits) == len("rrggbb") else "#" + "".join(2 * digit for digit in digits)


def ink_on(background: str) -> str:
    """Black or white, whichever reads better on the colour (WCAG's relative luminance)."""
    channels = (int(background[at : at + 2], 16) / 255 for at in (1, 3, 5))
    # The constants are sRGB's own.
    linear = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)  # noqa: PLR2004
    luminance = sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    # Where the contrast with white, 1.05 / (L + 0.05), equals the one with black, (L + 0.05) / 0.05.
    return "#ffffff" if luminance < 0.179 else "#000000"  # noqa: PLR2004 - explained above
