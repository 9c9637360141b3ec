"""An e-mail as bytes: both parts, threaded with the other mails of its order, marked as sent by a machine."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import chain

from tidings.adapters.email.headers import header_line, mailbox_line, one_line
from tidings.adapters.email.mailbox import Mailbox
from tidings.delivery.ports import Outgoing
from tidings.kit.addresses import ascii_domain

# Bodies in seven bits, whatever they say: not every relay on the way takes eight.
_PLAIN = SMTP.clone(cte_type="7bit")

_EXTRA_HEADER = re.compile(r"(List|X)-[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the same for every mail of a connection."""

    sender: Mailbox
    reply_to: Mailbox | None = None


def message_id(outgoing: Outgoing, domain: str) -> str:
    """The mail's id: the same on every retry, so that mailboxes fold a double into one."""
    return f"<{outgoing.message_id}@{domain}>"


def thread_headers(outgoing: Outgoing, domain: str) -> dict[str, str]:
    """What ties the mails of one order together: all answer to the same id, which is the order's."""
    root = f"<{outgoing.order_id}@{domain}>"
    return {"In-Reply-To": root, "References": root}


def machine_headers() -> dict[str, str]:
    """What keeps holiday notices from answering."""
    return {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


def extra_headers(outgoing: Outgoing) -> dict[str, str]:
    """Headers that the template asks for, such as `List-Unsubscribe`; none that mail itself is made of."""
    wanted = outgoing.content.extras.get("headers")
    if not isinstance(wanted, Mapping):
        return {}
    return {name: one_line(str(value)) for name, value in wanted.items() if _EXTRA_HEADER.fullmatch(str(name))}


def letter(outgoing: Outgoing, head: Letterhead, *, now: datetime, more: Mapping[str, str]) -> bytes:
    """The mail as it goes over the wire; not in ASCII only where the recipient's address is not either.

    Args:
        outgoing: to whom, and what.
        head: from whom.
        now: the date it bears.
        more: further headers of the connection.

    Raises:
        ValueError: the recipient's address is none, or something cannot be written in a mail.
    """
    to = Mailbox("", ascii_domain(outgoing.to))
    further = {**thread_headers(outgoing, head.sender.domain), **machine_headers(), **more}
    lines = [
        header_line("Date", format_datetime(now)),
        header_line("Message-ID", message_id(outgoing, head.sender.domain)),
        mailbox_line("From", head.sender),
        mailbox_line("To", to),
        *([] if head.reply_to is None else [mailbox_line("Reply-To", head.reply_to)]),
        header_line("Subject", outgoing.content.subject or ""),
        *(header_line(name, value) for name, value in {**extra_headers(outgoing), **further}.items()),
        header_line("Content-Language", outgoing.locale.replace("_", "-")),
    ]
    written = "".join(f"{line}\r\n" for line in lines)
    return written.encode("ascii" if to.address.isascii() else "utf-8") + _body(outgoing)


def _body(outgoing: Outgoing) -> bytes:
    """What stands below the letterhead, beginning with the headers that tell how it is to be read."""
    body = EmailMessage(policy=_PLAIN)
    body.set_content(outgoing.content.text)
    if outgoing.content.html is not None:
        body.add_alternative(outgoing.content.html, subtype="html")
    for attachment in outgoing.attachments:
        main, _, sub = attachment.media_type.partition("/")
        body.add_attachment(attachment.content, maintype=main, subtype=sub, filename=file_name(attachment.name))
    if any("\r" in value or "\n" in value for value in _values(body)):
        raise ValueError("a header of a part would be more than one")
    try:
        return body.as_bytes()
    except MessageError as error:
        raise ValueError("it cannot be written in a mail") from error


def _values(body: EmailMessage) -> Iterator[str]:
    return chain.from_iterable(map(str, part.values()) for part in body.walk())


def file_name(name: str) -> str:
    """What an attachment is called; Python would decode an encoded word (headers.py), so none may begin in it."""
    return one_line(name).replace("=?", "=-")
