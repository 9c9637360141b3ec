"""One mail handed to an SMTP server, and what it means when the conversation breaks off."""

import asyncio
import ssl
from dataclasses import dataclass, field

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from tidings.adapters.email.smtp_answers import Stage, classify
from tidings.adapters.email.smtp_pool import Line, Pool
from tidings.adapters.email.smtp_session import Session
from tidings.adapters.wording import reason
from tidings.delivery.ports import Accepted, Misconfigured, Outcome, Permanent, Throttled, Transient, Uncertain

_DONE = frozenset({250})
# 251: the mailbox has moved, and the server forwards.
_TAKEN = frozenset({250, 251})
_GO_AHEAD = 354
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail for one recipient: several in one transaction would hide a refusal behind a success."""

    sender: str
    recipient: str = field(repr=False)
    mail: bytes = field(repr=False)
    # What `queued` means to us: the mail's own id. A server's id for it is its private matter.
    message_id: str
    # Named in the reports on the mail, if any are wanted.
    report_as: str | None = None

    @property
    def is_international(self) -> bool:
        """Whether the recipient's address needs a server that takes non-ASCII letters."""
        return not self.recipient.isascii()


@dataclass(frozen=True, slots=True)
class _Step:
    """One command, and the replies to it that let the conversation go on."""

    stage: Stage
    command: bytes = field(repr=False)
    wanted: frozenset[int]


@dataclass(slots=True)
class _Progress:
    """How far the conversation came; None while waiting for a connection to become free."""

    stage: Stage | None = None

    def reach(self, stage: Stage) -> None:
        """The conversation has come so far."""
        self.stage = stage


async def post(pool: Pool, envelope: Envelope, seconds: float) -> Outcome:
    """Hand a mail over, within so many seconds. What a server does, or fails to do, is an outcome."""
    progress = _Progress()
    try:
        async with asyncio.timeout(seconds), pool.free:
            return await _once_more_if_stale(pool, envelope, progress)
    except SMTPResponseException as refusal:
        stage = "auth" if isinstance(refusal, SMTPAuthenticationError) else progress.stage or "connect"
        return classify(refusal.code, refusal.message, stage, envelope.recipient)
    except (SMTPException, OSError) as problem:
        return _broken_off(problem, progress.stage, envelope.recipient)
    except ValueError:
        # The last look at what goes into a command line; nothing was sent.
        return Permanent("the address cannot be written into an SMTP command", "address")


async def _once_more_if_stale(pool: Pool, envelope: Envelope, progress: _Progress) -> Outcome:
    progress.reach("connect")
    async with pool.line() as line:
        was_used = line.mails > 0
        try:
            return await _conversation(line, envelope, progress)
        except SMTPException as problem:
            line.in_order = isinstance(problem, SMTPResponseException) and await line.session.agrees(b"RSET")
            # Nothing was handed over, so a new connection may try.
            if not (was_used and progress.stage != "data" and _ends_the_session(problem)):
                raise
    progress.reach("connect")
    async with pool.line(fresh=True) as line:
        return await _conversation(line, envelope, progress)


async def _conversation(line: Line, envelope: Envelope, progress: _Progress) -> Outcome:
    session = line.session
    if envelope.is_international and not session.offers("smtputf8"):
        line.in_order = True
        return Permanent("the server takes no addresses with international letters", "smtputf8")
    steps = _steps(session, envelope)
    # Two round trips instead of four, where the server takes commands without waiting for its answers.
    for group in [steps] if session.offers("pipelining") else [[step] for step in steps]:
        await _ask(session, group, progress)
    await session.send_text(envelope.mail)
    progress.reach("data")
    _expect(await session.reply(), _DONE)
    line.in_order = True
    return Accepted(envelope.message_id)


async def _ask(session: Session, group: list[_Step], progress: _Progress) -> None:
    """The first refusal decides; what it makes of the rest of the group is the server's affair."""
    replies = await session.ask(*(step.command for step in group))
    for step, reply in zip(group, replies, strict=False):
        progress.reach(step.stage)
        if reply.code not in step.wanted and replies[-1].code == _GO_AHEAD:
            # It waits for a text all the same. Even an empty one might be sent, so it gets none.
            session.abort()
        _expect(reply, step.wanted)
    if len(replies) < len(group):
        raise SMTPServerDisconnected("the server hung up")


def _expect(reply: SMTPResponse, wanted: frozenset[int]) -> None:
    if reply.code not in wanted:
        raise SMTPResponseException(reply.code, reply.message)


def _ends_the_session(problem: SMTPException) -> bool:
    """Whether the server hung up, or says that it is about to: for the connection's age, or the mails it carried."""
    return not isinstance(problem, SMTPResponseException) or problem.code == _CLOSING


def _steps(session: Session, envelope: Envelope) -> list[_Step]:
    encoding = "utf-8" if envelope.is_international else "ascii"
    sender = " ".join([f"MAIL FROM:<{envelope.sender}>", *_mail_options(session, envelope)])
    recipient = " ".join([f"RCPT TO:<{envelope.recipient}>", *_recipient_options(session, envelope)])
    return [
        _Step("sender", sender.encode(encoding), _DONE),
        _Step("recipient", recipient.encode(encoding), _TAKEN),
        _Step("start", b"DATA", frozenset({_GO_AHEAD})),
    ]


def _mail_options(session: Session, envelope: Envelope) -> list[str]:
    options = [f"SIZE={len(envelope.mail)}"] if session.offers("size") else []
    if envelope.is_international:
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    if envelope.report_as is not None and session.offers("dsn"):
        options += ["RET=HDRS", f"ENVID={envelope.report_as}"]
    return options


def _recipient_options(session: Session, envelope: Envelope) -> list[str]:
    # A server without DSN refuses the whole mail when it is asked for reports.
    wants_reports = envelope.report_as is not None and session.offers("dsn")
    return ["NOTIFY=SUCCESS,FAILURE,DELAY"] if wants_reports else []


def _broken_off(problem: Exception, stage: Stage | None, recipient: str) -> Outcome:
    """A conversation that ended without an answer."""
    if isinstance(problem, ssl.SSLCertVerificationError) or isinstance(problem.__cause__, ssl.SSLCertVerificationError):
        return Misconfigured("the server's certificate is not trusted", "tls")
    if type(problem) is SMTPException:
        # Thrown as such only for what the server does not offer: STARTTLS, or a way to log in that we know.
        return Misconfigured(reason(str(problem)), "unsupported")
    said = reason(str(problem), recipient) or "timed out"
    match stage:
        case None:
            return Throttled("all connections to the server are in use", "busy")
        case "data":
            return Uncertain(f"no answer after the mail was handed over: {said}")
        case _:
            return Transient(said)
