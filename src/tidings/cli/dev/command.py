"""`tidings dev` as a command."""

from pathlib import Path
from typing import Annotated

import typer

from tidings.cli.dev.run import DevRun
from tidings.cli.running import run_until_stopped


def dev(
    *,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free one [TIDINGS_API_PORT]")] = None,
    data_dir: Annotated[Path, typer.Option(help="Where the databases and the log are kept")] = Path(".data"),
    api_key: Annotated[
        list[str] | None, typer.Option(help="td_test_… or td_live_…, to be known; may be given more than once")
    ] = None,
    once: Annotated[
        bool,
        typer.Option(
            "--once",
            help="End when five sample orders have: exit code 0 if every message arrived, every promise was kept",
        ),
    ] = False,
) -> None:
    """Everything at once: PostgreSQL, Valkey, API, worker, sandbox providers, and a sample order."""
    code = run_until_stopped(DevRun(data_dir, port, tuple(api_key or ()), once=once).main)
    raise typer.Exit(code)
