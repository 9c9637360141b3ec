"""Addresses of e-mail as providers need them: `Tea Shop <orders@shop.example>` taken apart and put together."""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Annotated

from pydantic import AfterValidator

from tidings.kit.addresses import ascii_domain


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name (or none) and an address, whose domain every mail system understands."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the last `@`."""
        return self.address.rpartition("@")[2]


# Line breaks above all, but nothing else that rules a terminal either.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def mailbox(text: str) -> Mailbox:
    """Reads `name <address>` or a bare address; its domain may be an international one.

    Raises:
        ValueError: the text is neither.
    """
    name, address = parseaddr(text)
    try:
        called = name if text.lstrip().startswith('"') else _decoded(name)
        # parseaddr() quietly drops what it does not like, line breaks for one.
        if not _CONTROL.search(text + called):
            return Mailbox(called, ascii_domain(address))
    except (ValueError, LookupError, MessageError):
        pass
    raise ValueError("must be an e-mail address, or a name followed by one in <>")


def _decoded(name: str) -> str:
    """A name as it is to be read; within quotes nothing is encoded (RFC 2047, 5)."""
    return str(make_header(decode_header(name))) if "=?" in name else name


def mailbox_for_all(text: str) -> Mailbox:
    """Reads one that every server takes, whether it knows international addresses or not.

    Raises:
        ValueError: the text is none.
    """
    read = mailbox(text)
    if not read.address.isascii():
        raise ValueError("must have plain letters before the @: not every server takes others")
    return read


def _checked(text: str) -> str:
    mailbox_for_all(text)
    return text


# A setting that must be one. It is kept as it was written, and read with mailbox().
MailboxText = Annotated[str, AfterValidator(_checked)]
