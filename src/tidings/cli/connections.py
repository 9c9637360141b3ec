"""`tidings connections`: a storefront's accounts at providers."""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from tidings.bootstrap import Runtime
from tidings.cli.asking import (
    COMMAND_LINE,
    ActorOption,
    JsonOption,
    LimitOption,
    ModeOption,
    Slug,
    made,
    pairs,
    scope_of,
)  # fmt: skip
from tidings.cli.printing import document, show
from tidings.cli.running import Refused, over_runtime
from tidings.kit.ids import parse
from tidings.kit.page import Window
from tidings.kit.reseal_answers import reseal_answers
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.change_connection import ChangeConnection, change_connection, remove_connection
from tidings.storefronts.kinds import CHANNELS_OF_CONNECTIONS
from tidings.storefronts.last_links import last_feedback_link_ends
from tidings.storefronts.queries import connections_page
from tidings.storefronts.reseal import reseal_connections
from tidings.storefronts.schemas import Connection, ConnectionAsked
from tidings.storefronts.views import connection_of
from tidings.webhooks.reseal import reseal_endpoints

app = typer.Typer(no_args_is_help=True, help="Accounts at providers: add, list, pause, resume, remove, reseal.")

COLUMNS = ("id", "name", "channel", "provider", "mode", "priority", "is_paused", "halted_until", "callback_url")

# Of the registry's, which only bootstrap sees.
PROVIDERS = ("smtp", "sendgrid", "twilio", "fcm", "stripe", "http", "sandbox")

ConnectionArgument = Annotated[str, typer.Argument(metavar="CONNECTION", help="Its id: con_…")]


@app.command("list")
def list_all(slug: Slug, *, mode: ModeOption = "live", limit: LimitOption = 200, as_json: JsonOption = False) -> None:
    """The connections of a storefront and mode, without their secrets."""

    async def work(runtime: Runtime) -> list[Connection]:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            rows = (await connections_page(tx, Window(limit=limit))).items
            return [connection_of(row, runtime.settings.public.url) for row in rows]

    show(over_runtime(work), COLUMNS, as_json=as_json)


@app.command()
def add(  # noqa: PLR0913 - a command's arguments are its form
    slug: Slug,
    name: Annotated[str, typer.Argument(help="How it is called in messages' attempts")],
    channel: Annotated[str, typer.Option(help=", ".join(CHANNELS_OF_CONNECTIONS))],
    provider: Annotated[str, typer.Option(help=", ".join(PROVIDERS))],
    *,
    priority: Annotated[int, typer.Option(help="Lower goes first")] = 1,
    setting: Annotated[list[str] | None, typer.Option(help="name=value; may be repeated")] = None,
    secrets: Annotated[bool, typer.Option("--secrets", help="Read them from standard input: a JSON object")] = False,
    mode: ModeOption = "live",
    actor: ActorOption = COMMAND_LINE,
) -> None:
    """Add a connection; give its callback_url to the provider. Secrets never stand on the command line."""

    async def work(runtime: Runtime) -> Connection:
        asked = made(
            ConnectionAsked, name=name, channel=channel, provider=provider, priority=priority,
            settings=pairs(setting, "--setting"), secrets=_secrets() if secrets else {},
        )  # fmt: skip
        command = AddConnection(**asked.model_dump(), actor=actor)
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            row = await add_connection(
                tx, command, catalogue=runtime.registry, vault=runtime.vault, now=runtime.clock.now()
            )
            return connection_of(row, runtime.settings.public.url)

    document(over_runtime(work))


@app.command()
def pause(
    slug: Slug, connection: ConnectionArgument, *, mode: ModeOption = "live", actor: ActorOption = COMMAND_LINE
) -> None:
    """Send nothing through it until it is resumed."""
    _set_paused(slug, connection, mode, actor, is_paused=True)


@app.command()
def resume(
    slug: Slug, connection: ConnectionArgument, *, mode: ModeOption = "live", actor: ActorOption = COMMAND_LINE
) -> None:
    """Send through it again; this also ends a halt."""
    _set_paused(slug, connection, mode, actor, is_paused=False)


@app.command()
def remove(
    slug: Slug, connection: ConnectionArgument, *, mode: ModeOption = "live", actor: ActorOption = COMMAND_LINE
) -> None:
    """Use it no more; late callbacks about what it sent are still taken."""

    async def work(runtime: Runtime) -> None:
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            await remove_connection(tx, parse("con", connection), actor=actor, now=runtime.clock.now())

    over_runtime(work)
    typer.echo(f"{connection} is removed.")


@app.command()
def reseal() -> None:
    """Encrypt all that is sealed with the first key of TIDINGS_SECRETS_KEYS; says how long the others must stay.

    Run it when every process has been started with the new key.
    """

    async def work(runtime: Runtime) -> list[str]:
        now = runtime.clock.now()
        async with runtime.begin.across() as tx:
            count = await reseal_connections(tx, runtime.vault, actor=COMMAND_LINE, now=now)
            endpoints = await reseal_endpoints(tx, runtime.vault, actor=COMMAND_LINE, now=now)
            resealed = await reseal_answers(tx, runtime.vault)
            ends = await last_feedback_link_ends(tx, now=now)
        ends = max(ends, now + timedelta(days=runtime.settings.documents.link_days))
        sealed = f"{count} connections and {endpoints} webhook endpoints"
        lines = [f"{sealed} are sealed with the first key, and {resealed.answers} kept answers."]
        if resealed.closed:
            lines.append(f"{resealed.closed} kept answers are under none of the keys, and cannot be repeated.")
        if len(runtime.settings.secrets.keys) > 1:
            lines += _lasting(ends)
        return lines

    for line in over_runtime(work):
        typer.echo(line)


def _lasting(ends: datetime) -> list[str]:
    return [
        f"Leave the other keys behind it until the end of {ends.astimezone(UTC):%Y-%m-%d} (UTC):",
        "so long links work that customers have been sent by now. If a process still runs without the first key,",
        "restart it, and run this again.",
    ]


def _set_paused(slug: str, connection: str, mode: ModeOption, actor: str, *, is_paused: bool) -> None:
    async def work(runtime: Runtime) -> Connection:
        command = ChangeConnection(connection_id=parse("con", connection), actor=actor, is_paused=is_paused)
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            row = await change_connection(
                tx, command, catalogue=runtime.registry, vault=runtime.vault, now=runtime.clock.now()
            )
            return connection_of(row, runtime.settings.public.url)

    document(over_runtime(work))


def _secrets() -> dict[str, str]:
    try:
        found = json.loads(sys.stdin.read())
    except ValueError:
        # Not the parser's own words: they may quote a secret.
        raise Refused("standard input is not JSON") from None
    if not isinstance(found, dict):
        raise Refused("standard input is not a JSON object")
    return found
