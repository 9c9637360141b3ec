"""How this process connects to Postgres."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def create_engine(
    url: str,
    *,
    pool_size: int,
    pooler: bool = False,
    by_index: bool = False,
    application_name: str = "tidings",
) -> AsyncEngine:
    """An engine whose connections carry no session state, so that a transaction pooler may stand between.

    Args:
        url: `postgresql://…`; the asyncpg driver is filled in.
        pool_size: connections kept open; as many again may be opened under load.
        pooler: True behind PgBouncer in transaction mode: no prepared statements are kept.
        by_index: True for whoever works on a table that is empty now and holds a hundred thousand rows a minute later:
            a plan that was made for the empty one would read all of the full one, whole or by a bitmap.
        application_name: what `pg_stat_activity` shows.
    """
    server_settings = {"application_name": application_name}
    connect_args: dict[str, Any] = {"server_settings": server_settings, "timeout": 10}
    if pooler:
        # No plan is kept, so none grows old; and a pooler takes no settings of ours.
        connect_args |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    elif by_index:
        server_settings |= {"enable_seqscan": "off", "enable_bitmapscan": "off"}
    return create_async_engine(
        asyncpg_url(url),
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_reset_on_return=None,
        connect_args=connect_args,
    )


def asyncpg_url(url: str) -> str:
    """`postgresql://…` with the driver filled in."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if scheme in {"postgresql", "postgres", "postgresql+asyncpg"} else url
