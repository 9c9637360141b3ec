"""`tidings mail-in`: takes a bounce or a complaint from an MTA's pipe.

The MTA judges by the exit code (sysexits.h): kept for another try, or refused for good.
"""

import os
import sys
from typing import Annotated

import typer

from tidings.bootstrap import Runtime
from tidings.callbacks.connection import connection_in
from tidings.callbacks.incoming import Origin
from tidings.callbacks.ports import CallbackReader, Posted
from tidings.callbacks.take_in import take_in
from tidings.cli.running import over_runtime
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.ids import parse
from tidings.kit.problem import NotFound

EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 65, 67, 75
# Where the MTA hands over its recipient; adapters/email/dsn.py reads it.
RECIPIENT_HEADER = "tidings-recipient"


def mail_in(
    connection: Annotated[str, typer.Option(help="The SMTP connection whose bounces these are: con_…")],
    recipient: Annotated[
        str | None, typer.Option(envvar=["ORIGINAL_RECIPIENT", "RECIPIENT"], help="The envelope's recipient")
    ] = None,
) -> None:
    """Take one mail from standard input: a delivery report or a complaint about what was sent by a connection.

    In Postfix's /etc/aliases: bounce: "|tidings mail-in --connection con_…"
    """
    raw = sys.stdin.buffer.read()

    async def work(runtime: Runtime) -> int:
        return await _take(runtime, connection, recipient, raw)

    try:
        code = over_runtime(work)
    except Exception as trouble:
        # Ours, whatever it is: the mail is to be kept, and tried again.
        if not isinstance(trouble, typer.Exit):
            typer.echo(f"tidings: {type(trouble).__name__}", err=True)
        raise typer.Exit(EX_TEMPFAIL) from trouble
    raise typer.Exit(code)


async def _take(runtime: Runtime, connection_id: str, recipient: str | None, raw: bytes) -> int:
    try:
        connection = await connection_in(runtime, parse("con", connection_id))
    except NotFound:
        return _unknown(connection_id)
    reader = runtime.registry.reader(connection.channel, connection.provider)
    if reader is None:
        return _unknown(connection_id)
    if len(raw) > reader.max_bytes:
        return _refused(EX_DATAERR, f"the mail is larger than {reader.max_bytes} bytes")
    headers = {RECIPIENT_HEADER: recipient} if recipient else {}
    return await _taken(runtime, connection, reader, Posted(url="", headers=headers, body=raw))


async def _taken(runtime: Runtime, connection: ConnectionConfig, reader: CallbackReader, posted: Posted) -> int:
    now = runtime.clock.now()
    if not reader.verify(posted, connection, now):
        return _refused(EX_DATAERR, "the mail does not bring back the seal of anything that was sent")
    try:
        events = reader.parse(posted, connection)
    except (ValueError, RecursionError):
        # As over HTTP: trying it again for days would make it no flatter.
        return _refused(EX_DATAERR, "the mail cannot be read")
    origin = Origin(connection.storefront_id, connection.mode, connection.id, connection.channel, connection.provider)
    await take_in(runtime.begin, origin, events, now=now)
    return os.EX_OK


def _unknown(connection_id: str) -> int:
    return _refused(EX_NOUSER, f"there is no connection {connection_id} that mail could be about")


def _refused(code: int, why: str) -> int:
    typer.echo(f"tidings: {why}", err=True)
    return code
