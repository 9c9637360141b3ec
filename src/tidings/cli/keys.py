"""`tidings keys`: API keys of storefronts, and the keys that encrypt connections."""

from datetime import timedelta
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
    scope_of,
)  # fmt: skip
from tidings.cli.printing import document, show
from tidings.cli.running import over_runtime
from tidings.kit.ids import parse
from tidings.kit.page import Window
from tidings.kit.vault import new_vault_key
from tidings.storefronts.issue_key import IssueKey, issue_key
from tidings.storefronts.kinds import SCOPES
from tidings.storefronts.queries import keys_page
from tidings.storefronts.revoke_key import revoke_key
from tidings.storefronts.rotate_key import rotate_key
from tidings.storefronts.schemas import ApiKey, ApiKeyAsked, IssuedApiKey
from tidings.storefronts.views import api_key_of, issued_key_of

app = typer.Typer(no_args_is_help=True, help="API keys: issue, list, rotate, revoke; encryption keys: generate.")

COLUMNS = ("id", "hint", "mode", "name", "principal", "scopes", "created_at", "expires_at", "revoked_at")

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Its id: key_…")]


@app.command("list")
def list_all(slug: Slug, *, mode: ModeOption = "live", limit: LimitOption = 200, as_json: JsonOption = False) -> None:
    """The keys of a storefront and mode, newest first; also those that work no more."""

    async def work(runtime: Runtime) -> list[ApiKey]:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            return [api_key_of(row) for row in (await keys_page(tx, Window(limit=limit))).items]

    show(over_runtime(work), COLUMNS, as_json=as_json)


@app.command()
def issue(  # noqa: PLR0913 - a command's arguments are its form
    slug: Slug,
    name: Annotated[str, typer.Option(help="What it is for")],
    principal: Annotated[str, typer.Option(help="Who it stands for; recorded as the actor")],
    *,
    mode: ModeOption = "live",
    scope: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(SCOPES)}; may be repeated")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How long it works; without it, until revoked")] = None,
    actor: ActorOption = COMMAND_LINE,
) -> None:
    """Make a key. It is printed this once, and kept nowhere."""

    async def work(runtime: Runtime) -> IssuedApiKey:
        now = runtime.clock.now()
        expires_at = None if days is None else now + timedelta(days=days)
        asked = made(
            ApiKeyAsked, name=name, principal=principal, scopes=scope or ["orders"],
            expires_at=None if expires_at is None else expires_at.isoformat(),
        )  # fmt: skip
        command = IssueKey(
            name=asked.name, principal=asked.principal, scopes=tuple(asked.scopes), expires_at=expires_at
        )
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            issued = await issue_key(tx, command, actor=actor, now=now)
            return issued_key_of(issued.row, issued.key)

    document(over_runtime(work))


@app.command()
def rotate(
    slug: Slug,
    key: KeyArgument,
    *,
    mode: ModeOption = "live",
    overlap_hours: Annotated[int, typer.Option(min=0, max=24 * 30, help="How long both work")] = 24,
    actor: ActorOption = COMMAND_LINE,
) -> None:
    """Make a successor of a key, with an overlap in which both work."""

    async def work(runtime: Runtime) -> IssuedApiKey:
        overlap = timedelta(hours=overlap_hours)
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            issued = await rotate_key(tx, parse("key", key), overlap=overlap, actor=actor, now=runtime.clock.now())
            return issued_key_of(issued.row, issued.key)

    document(over_runtime(work))


@app.command()
def revoke(slug: Slug, key: KeyArgument, *, mode: ModeOption = "live", actor: ActorOption = COMMAND_LINE) -> None:
    """Revoke a key: it stops working within seconds."""

    async def work(runtime: Runtime) -> ApiKey:
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            return api_key_of(await revoke_key(tx, parse("key", key), actor=actor, now=runtime.clock.now()))

    document(over_runtime(work))


@app.command()
def generate() -> None:
    """Make a key for TIDINGS_SECRETS_KEYS.

    To change keys: put it first there, restart every process, then run `tidings connections reseal`, which says until
    when the old one must stay behind it.
    """
    typer.echo(new_vault_key())
