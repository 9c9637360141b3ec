"""The command line: `tidings …`. One file per command or group; what they do is in the slices.

A command is loaded when it is given: the whole product takes seconds to import, and `--help` needs none of it.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as version_of
from pkgutil import resolve_name
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group
from typing_extensions import override

# Name → where it is: a function, or a Typer with verbs of its own; and what the list of commands says of it.
COMMANDS: Final = {
    "dev": (
        "tidings.cli.dev.command:dev",
        "Everything at once: PostgreSQL, Valkey, API, worker, sandbox providers, and a sample order.",
    ),
    "serve": ("tidings.cli.serve:serve", "Answer HTTP requests until SIGTERM. Stateless: run as many as you like."),
    "worker": (
        "tidings.cli.worker:worker",
        "Send what is owed until SIGTERM; then finish what has left, and give back the rest. Run as many as you like.",
    ),
    "migrate": (
        "tidings.cli.migrate:migrate",
        "Bring the database up to date, as role tidings_owner (TIDINGS_DATABASE_MIGRATION_URL). Safe to repeat.",
    ),
    "settings": (
        "tidings.cli.settings:settings",
        "Print the settings in force as lines of an environment file. Secrets are masked.",
    ),
    "mail-in": (
        "tidings.cli.mail_in:mail_in",
        "Take one mail from standard input: a delivery report or a complaint about what was sent by a connection.",
    ),
    "storefronts": ("tidings.cli.storefronts:app", "Shops: open, list, show, change."),
    "keys": ("tidings.cli.keys:app", "API keys: issue, list, rotate, revoke; encryption keys: generate."),
    "connections": (
        "tidings.cli.connections:app",
        "Accounts at providers: add, list, pause, resume, remove, reseal.",
    ),
    "outbox": ("tidings.cli.outbox:app", "What waits and what is dead: depth, list, retry, drop; parked, resume."),
    "templates": (
        "tidings.cli.templates:app",
        "The wording: list, preview, lint, stamp; a shop's own: versions, show, examine.",
    ),
    "records": ("tidings.cli.records:app", "The audit trail: list, verify, prove, checker; heads, seal, key."),
    "retention": ("tidings.cli.retention:app", "How long what is kept: show, run, rounds."),
}


class Commands(TyperGroup):
    """They are listed by what is said of them, and loaded when one is given."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = {name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()}

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command itself, of which the list knows but a line."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name else command, rest


def loaded(name: str) -> Any:
    """The command of this name as click knows it."""
    where, _ = COMMANDS[name]
    with _uncollected(where.partition(":")[0]):
        found = resolve_name(where)
    family = typer.Typer(add_completion=False)
    if isinstance(found, typer.Typer):
        family.add_typer(found, name=name)
    else:
        family.command(name)(found)
    return get_group(family).commands[name]


@contextmanager
def _uncollected(module: str) -> Iterator[None]:
    """Nothing that is imported is garbage: the collector would look all of it over again and again, for a second."""
    if module in sys.modules:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # Nor at the end, when it would be looked over once more.
        gc.freeze()
        gc.enable()


# Rich traces show local variables, and those may be secrets.
app = typer.Typer(
    name="tidings", cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the form that typer calls
    if wanted:
        typer.echo(f"tidings {version_of('tidings')}")
        raise typer.Exit


@app.callback()
def tidings(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version")
    ] = False,
) -> None:
    """Order confirmation and customer notification, told once, in time, and provably."""
