"""Addresses of e-mail as providers need them: `Tea Shop <orders@shop.example>` taken apart and put together."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated

from pydantic import AfterValidator


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name (or none) and an address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the last `@`."""
        return self.address.rpartition("@")[2]

    def header(self) -> Address:
        """The same for a mail's header."""
        local, _, domain = self.address.rpartition("@")
        return Address(self.name, local, domain)


# No quoted local parts, no comments, no literals: nobody's customer has such an address, and each is a way to smuggle.
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,255}")


def mailbox(text: str) -> Mailbox:
    """Reads `name <address>` or a bare address.

    Raises:
        ValueError: the text is neither.
    """
    name, address = parseaddr(text)
    # parseaddr() quietly drops what it does not like, line breaks for one.
    if not _ADDRESS.fullmatch(address) or not text.isprintable():
        raise ValueError("must be an e-mail address, or a name followed by one in <>")
    return Mailbox(name, address)


def ascii_domain(address: str) -> str:
    """The same address with an international domain in the form that every mail system understands.

    Raises:
        ValueError: it is no address.
    """
    if not _ADDRESS.fullmatch(address):
        raise ValueError("no e-mail address")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _checked(text: str) -> str:
    if not mailbox(text).address.rpartition("@")[0].isascii():
        raise ValueError("must have plain letters before the @: not every server takes others")
    return text


# A setting that must be one.
MailboxText = Annotated[str, AfterValidator(_checked)]
