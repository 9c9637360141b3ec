"""The command line: `tidings …`. One file per command or group; what they do is in the slices."""

from importlib.metadata import version as version_of
from typing import Annotated

import typer

from tidings.cli import connections, keys, outbox, records, retention, storefronts, templates
from tidings.cli.dev.command import dev
from tidings.cli.mail_in import mail_in
from tidings.cli.migrate import migrate
from tidings.cli.serve import serve
from tidings.cli.settings import settings
from tidings.cli.worker import worker

COMMANDS = (dev, serve, worker, migrate, settings, mail_in)
GROUPS = {
    "storefronts": storefronts.app,
    "keys": keys.app,
    "connections": connections.app,
    "outbox": outbox.app,
    "templates": templates.app,
    "records": records.app,
    "retention": retention.app,
}

# Rich traces show local variables, and those may be secrets.
app = typer.Typer(name="tidings", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

for command in COMMANDS:
    app.command()(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


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
