"""`tidings migrate`: brings the database up to date."""

import typer

from tidings.bootstrap import NotConfigured
from tidings.cli.running import load_settings, run
from tidings.kit.migrations import head_of
from tidings.kit.migrations import migrate as bring_up_to_date
from tidings.settings import Settings


def migrate() -> None:
    """Bring the database up to date, as role tidings_owner (TIDINGS_DATABASE_MIGRATION_URL). Safe to repeat."""

    async def main() -> None:
        await bring_up_to_date(migration_url(load_settings()))

    run(main)
    typer.echo(f"The database is at revision {head_of()}.")


def migration_url(settings: Settings) -> str:
    """How to connect as the owner.

    Raises:
        NotConfigured: no database is named.
    """
    url = settings.database.migration_url or settings.database.url
    if url is None:
        message = "set TIDINGS_DATABASE_MIGRATION_URL, or TIDINGS_DATABASE_URL"
        raise NotConfigured(message)
    return url.get_secret_value()
