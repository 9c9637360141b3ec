"""A mail's header lines, written by ourselves.

Python's policies read each value once more before they write it, and what looks like an encoded word (RFC 2047) is
decoded then: `=?utf-8?q?a=0d=0aBcc:_eve=40evil.example?=` in an order's number would start a header of its own. Here a
text is a text: what could be taken for an encoded word is encoded itself, so that it is read as it was said.
"""

import re
from email.header import Header
from typing import Final

from tidings.adapters.email.mailbox import Mailbox
from tidings.kit.addresses import quoted

_BREAK: Final = "\r\n"
# Lines of this width at most, wherever there is a blank to break at; RFC 5322 allows no word longer than 998.
_WIDTH: Final = 78
_LONGEST_WORD: Final = 900
_ENCODED_WIDTH: Final = 66

_PLAIN = re.compile(r"(?!.*=\?)[\x20-\x7e]*")
# Of a name before an address; with anything else in it, it is quoted.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
# The last look: one header, on lines that belong together.
_WHOLE = re.compile(r"[A-Za-z0-9-]+:(?: [^\r\n]*)?(?:\r\n [^\r\n]+)*")


def one_line(text: str) -> str:
    """A header's value: line breaks would be refused, and would be an injection if they were not."""
    return " ".join(text.split())


def header_value(text: str) -> str:
    """A text in ASCII: as it is, or as encoded words, from which every mail program reads the same text."""
    said = one_line(text)
    return said if _is_plain(said) else _encoded(said)


def header_line(name: str, text: str) -> str:
    """`Subject: …`, with breaks where it is long.

    Raises:
        ValueError: it cannot be written.
    """
    return _folded(name, header_value(text))


def mailbox_line(name: str, mailbox: Mailbox) -> str:
    """`From: "Tea, Shop" <orders@shop.example>`; the address goes out as it is.

    Raises:
        ValueError: it cannot be written.
    """
    called = one_line(mailbox.name)
    return _folded(name, f"{_phrase(called)} <{mailbox.address}>" if called else mailbox.address)


def apart(text: str) -> str:
    """One line for those who write the header themselves: nothing in it begins an encoded word, and none can be seen.

    A word joiner (U+2060) has no width, and allows no break.
    """
    return one_line(text).replace("=?", "=\u2060?")


def _phrase(name: str) -> str:
    if not _is_plain(name):
        return _encoded(name)
    return name if _ATOMS.fullmatch(name) else quoted(name)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and max(map(len, text.split(" "))) <= _LONGEST_WORD


def _encoded(text: str) -> str:
    return " ".join(Header(text, "utf-8", maxlinelen=_ENCODED_WIDTH).encode(linesep="\n").split())


def _folded(name: str, value: str) -> str:
    first, *words = value.split(" ")
    lines = [f"{name}: {first}"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f" {word}"
    folded = _BREAK.join(lines)
    if not _WHOLE.fullmatch(folded):
        raise ValueError(f"{name} would be more than one header")
    return folded
