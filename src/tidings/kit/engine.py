"""How this process connects to Postgres."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def create_engine(url: str, *, pool_size: int, pooler: bool = False, application_name: str = "tidings") -> AsyncEngine:
    """An engine whose connections carry no session state, so that a transaction pooler may stand between.

    Args:
        url: `postgresql://…`; the asyncpg driver is filled in.
        pool_size: connections kept open; as many again may be opened under load.
        pooler: True behind PgBouncer in transaction mode: no prepared statements are kept.
        application_name: what `pg_stat_activity` shows.
    """
    connect_args: dict[str, Any] = {"server_settings": {"application_name": application_name}, "timeout": 10}
    if pooler:
        connect_args |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
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
