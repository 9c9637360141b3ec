"""One mail handed to an SMTP server, and what it means when the conversation breaks off."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from tidings.adapters.email.smtp_answers import Stage, classify
from tidings.adapters.email.smtp_pool import Line, Pool
from tidings.adapters.wording import reason
from tidings.delivery.ports import Accepted, Misconfigured, Outcome, Permanent, Throttled, Transient, Uncertain


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
        # aiosmtplib's last look at what goes into a command line; nothing was sent.
        return Permanent("the address cannot be written into an SMTP command", "address")


async def _once_more_if_stale(pool: Pool, envelope: Envelope, progress: _Progress) -> Outcome:
    progress.reach("connect")
    async with pool.line() as line:
        was_used = line.mails > 0
        try:
            return await _conversation(line, envelope, progress)
        except SMTPResponseException:
            line.in_order = await _is_reset(line.client)
            raise
        except SMTPException:
            # The server had given the kept connection up. Nothing was handed over, so a new one may try.
            if not was_used or progress.stage == "data":
                raise
    progress.reach("connect")
    async with pool.line(fresh=True) as line:
        return await _conversation(line, envelope, progress)


async def _conversation(line: Line, envelope: Envelope, progress: _Progress) -> Outcome:
    client = line.client
    if envelope.is_international and not client.supports_extension("smtputf8"):
        line.in_order = True
        return Permanent("the server takes no addresses with international letters", "smtputf8")
    encoding = "utf-8" if envelope.is_international else "ascii"
    progress.reach("sender")
    await client.mail(envelope.sender, options=_mail_options(client, envelope), encoding=encoding)
    progress.reach("recipient")
    await client.rcpt(envelope.recipient, options=_recipient_options(client, envelope), encoding=encoding)
    progress.reach("data")
    await client.data(envelope.mail)
    line.in_order = True
    return Accepted(envelope.message_id)


def _mail_options(client: SMTP, envelope: Envelope) -> list[str]:
    options = [f"SIZE={len(envelope.mail)}"] if client.supports_extension("size") else []
    if envelope.is_international:
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    if envelope.report_as is not None and client.supports_extension("dsn"):
        options += ["RET=HDRS", f"ENVID={envelope.report_as}"]
    return options


def _recipient_options(client: SMTP, envelope: Envelope) -> list[str]:
    # A server without DSN refuses the whole mail when it is asked for reports.
    wants_reports = envelope.report_as is not None and client.supports_extension("dsn")
    return ["NOTIFY=SUCCESS,FAILURE,DELAY"] if wants_reports else []


async def _is_reset(client: SMTP) -> bool:
    """Whether the connection can carry another mail after a refusal."""
    with suppress(SMTPException, OSError):
        await client.rset()
        return True
    return False


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
