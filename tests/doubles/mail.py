"""What an SMTP double is told, and what it keeps."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Literal, cast

# START: the command DATA, which asks for the go-ahead; DATA: the text that follows it.
Verb = Literal["CONNECT", "EHLO", "MAIL", "RCPT", "START", "DATA"]


@dataclass(frozen=True, slots=True)
class SmtpTurn:
    """One forced reaction to a verb; `takes`: the mail is kept all the same."""

    verb: Verb
    answer: str = ""
    end: Literal["answer", "hang", "close", "garble"] = "answer"
    takes: bool = False
    delay: float = 0.0


@dataclass(slots=True)
class Received:
    """A mail that the server took."""

    sender: str
    recipients: list[str]
    raw: bytes = field(repr=False)
    # Parameters of MAIL and RCPT, upper case.
    options: list[str] = field(default_factory=list)
    # Which connection brought it, counted from 1.
    connection: int = 0
    is_encrypted: bool = False
    login: str | None = None

    @property
    def mail(self) -> EmailMessage:
        """The mail, parsed."""
        return cast("EmailMessage", message_from_bytes(self.raw, policy=default))

    @property
    def text(self) -> str:
        """The plain part."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")
