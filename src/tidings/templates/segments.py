"""How many parts a text message takes, and in which alphabet (GSM 03.38 and 23.040)."""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Sent as two septets: an escape, and the character.
_EXTENDED: Final = "\f^{}\\[~]|€"
_GSM = re.compile(f"[{re.escape(_BASIC + _EXTENDED)}]*")
_TWO_SEPTETS = re.compile(f"[{re.escape(_EXTENDED)}]")

# Units (septets, or UTF-16 code units) in a message of one part, and in each part of a longer one.
_ROOM: Final[dict[Encoding, tuple[int, int]]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

# Typography that has a plain form: alone it would more than halve what fits into a part.
_PLAIN: Final[dict[str, str]] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00ad", "-"),
    **dict.fromkeys("\u00a0\u202f\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\t", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f", ""),
    "\u2026": "...",
    "\u00d7": "x",
    "\u00b7": ".",
    "\u2044": "/",
}
# Faster than str.translate, which looks at every letter.
_TYPOGRAPHY = re.compile(f"[{''.join(_PLAIN)}]")


# Longer text messages are refused by some networks, and read by nobody: 612 letters, or 402 where they are large.
MOST: Final[Mapping[Encoding, int]] = {"GSM-7": 4, "UCS-2": 6}


class Segments(NamedTuple):
    """What a text costs to send."""

    encoding: Encoding
    segments: int

    @property
    def is_sent(self) -> bool:
        """Whether so many are sent."""
        return self.segments <= MOST[self.encoding]


def count(text: str) -> Segments:
    """The alphabet the text needs, and how many parts it takes in it."""
    encoding: Encoding = "GSM-7" if _GSM.fullmatch(text) else "UCS-2"
    single, part = _ROOM[encoding]
    doubles = len(_TWO_SEPTETS.findall(text)) if encoding == "GSM-7" else sum(char > "\uffff" for char in text)
    units = len(text) + doubles
    if units <= single:
        return Segments(encoding, 1)
    return Segments(encoding, _parts(text, encoding, part) if doubles else -(-units // part))


def _parts(text: str, encoding: Encoding, part: int) -> int:
    """Parts when some characters take two units: such a pair is never torn, so a part may stay one unit short."""
    parts, used = 1, 0
    for char in text:
        width = 2 if (char in _EXTENDED if encoding == "GSM-7" else char > "\uffff") else 1
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts


def fold(text: str, letters: Mapping[int, str] | None = None) -> str:
    """The text with plain quotes, dashes and spaces if that lets it be sent as GSM-7, else as it was.

    Args:
        text: whatever is to be sent.
        letters: what else may be written plainly, where a text of one part does not do: accents that shops leave out.
    """
    if _GSM.fullmatch(text):
        return text
    plain = untyped(text)
    if letters and not _GSM.fullmatch(plain) and count(text).segments > 1:
        plain = plain.translate(letters)
    return plain if _GSM.fullmatch(plain) else text


def untyped(text: str) -> str:
    """The text with plain quotes, dashes and spaces."""
    return _TYPOGRAPHY.sub(lambda found: _PLAIN[found[0]], text)


def cut(text: str) -> str:
    """The longest beginning of the text that is sent, with an ellipsis if it is not all of it."""
    if count(text).is_sent:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle] + "...").is_sent else (low, middle - 1)
    return text[:low].rstrip() + "..."
