"""An e-mail as bytes: both parts, threaded with the other mails of its order, marked as sent by a machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from tidings.adapters.email.mailbox import Mailbox, ascii_domain
from tidings.delivery.ports import Outgoing

# Bodies in seven bits, whatever they say: not every relay on the way takes eight.
_PLAIN = SMTP.clone(cte_type="7bit")
_INTERNATIONAL = SMTPUTF8.clone(cte_type="7bit")

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


def one_line(text: str) -> str:
    """A header's value: line breaks would be refused, and would be an injection if they were not."""
    return " ".join(text.split())


def letter(outgoing: Outgoing, head: Letterhead, *, now: datetime, more: Mapping[str, str]) -> EmailMessage:
    """The mail.

    Args:
        outgoing: to whom, and what.
        head: from whom.
        now: the date it bears.
        more: further headers of the connection.

    Raises:
        ValueError: the recipient's address is none.
    """
    mail = EmailMessage(policy=_PLAIN)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(outgoing, head.sender.domain)
    mail["From"] = head.sender.header()
    mail["To"] = Mailbox("", ascii_domain(outgoing.to)).header()
    if head.reply_to is not None:
        mail["Reply-To"] = head.reply_to.header()
    mail["Subject"] = one_line(outgoing.content.subject or "")
    further = {**thread_headers(outgoing, head.sender.domain), **machine_headers(), **more}
    for name, value in {**extra_headers(outgoing), **further}.items():
        mail[name] = value
    mail.set_content(outgoing.content.text)
    if outgoing.content.html is not None:
        mail.add_alternative(outgoing.content.html, subtype="html")
    for attachment in outgoing.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=one_line(attachment.name))
    # After the parts: making them moves all `Content-` headers into the first.
    mail["Content-Language"] = outgoing.locale.replace("_", "-")
    return mail


def mail_bytes(mail: EmailMessage, *, international: bool) -> bytes:
    """The mail as it goes over the wire; addresses with non-ASCII letters only where the server takes them."""
    return mail.as_bytes(policy=_INTERNATIONAL if international else _PLAIN)
