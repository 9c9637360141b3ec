"""Addresses of e-mail as providers need them: `Tea Shop <orders@shop.example>` taken apart and put together."""

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
        """The same for a mail's header.

        Raises:
            ValueError: the address cannot stand in a header.
        """
        return Address(display_name=self.name, addr_spec=self.address)


def mailbox(text: str) -> Mailbox:
    """Reads `name <address>` or a bare address.

    Raises:
        ValueError: the text is neither.
    """
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not local or not domain or not address.isprintable() or " " in domain:
        raise ValueError("must be an e-mail address, or a name followed by one in <>")
    return Mailbox(name, address)


def ascii_domain(address: str) -> str:
    """The same address with an international domain in the form that every mail system understands.

    Raises:
        ValueError: the domain is no domain.
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _checked(text: str) -> str:
    if not mailbox(text).address.rpartition("@")[0].isascii():
        raise ValueError("must have plain letters before the @: not every server takes others")
    return text


# A setting that must be one.
MailboxText = Annotated[str, AfterValidator(_checked)]
