"""Each role may do what its duty needs and no more, and what happened stays as it was told."""

import asyncpg
import pytest

from tests.fixtures.shop import Shop
from tidings.cli.embedded.postgres import Postgres
from tidings.kit.ids import new_id
from tidings.kit.migrations import migrate
from tidings.kit.outage import is_database_away

ENDED_BY = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
TIME_OUTS = {
    "tidings_app": ("15s", "10s", "30s"),
    "tidings_worker": ("1min", "30s", "1min"),
    "tidings_auditor": ("5min", "10s", "5min"),
    "tidings_retention": ("1min", "10s", "1min"),
}
APPEND_ONLY = (
    "records", "receipts", "events", "shipment_events", "stock_movements", "approvals", "rule_books", "communications",
    "record_words", "record_seals", "record_tiles", "record_heads", "record_keys",
    "documents", "document_files",
)  # fmt: skip
RECORD = """
    INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data)
    VALUES ($1, $2, $3, 'test', 'order.placed', 'ord_1', 'teahouse', now(), '{}')
"""


async def _rights(connection: asyncpg.Connection, role: str) -> dict[str, set[str]]:
    rows = await connection.fetch(
        """
        SELECT c.relname, p.privilege
          FROM pg_class c,
               unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS p (privilege)
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
           AND has_table_privilege($1, c.oid, p.privilege)
        """,
        role,
    )
    rights: dict[str, set[str]] = {}
    for row in rows:
        rights.setdefault(row["relname"], set()).add(row["privilege"])
    return rights


@pytest.fixture
async def as_owner(owner_database_url: str):
    connection = await asyncpg.connect(owner_database_url)
    yield connection
    await connection.close()


async def _recorded(url: str, shop: Shop) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(RECORD, shop.id, new_id(), new_id())
    await connection.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET storefront_id = storefront_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
async def test_nobody_changes_what_happened_not_even_the_owner(
    as_owner: asyncpg.Connection, database_url: str, shop: Shop, table: str, statement: str
):
    await _recorded(database_url, shop)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await as_owner.execute(statement.format(table))
    assert await as_owner.fetchval("SELECT count(*) FROM records") == 1


@pytest.mark.parametrize("role", ["tidings_app", "tidings_worker"])
async def test_the_applications_roles_may_only_add_to_what_happened(as_owner: asyncpg.Connection, role: str):
    rights = await _rights(as_owner, role)
    for table in APPEND_ONLY:
        # Some are written by one of the two alone.
        assert {"SELECT"} <= rights[table] <= {"SELECT", "INSERT"}, table


@pytest.mark.parametrize("role", ["tidings_app", "tidings_worker"])
async def test_the_applications_roles_see_every_table_and_empty_none(as_owner: asyncpg.Connection, role: str):
    rights = await _rights(as_owner, role)
    assert set(rights) == set(await _rights(as_owner, "tidings_owner"))
    assert not any({"TRUNCATE", "TRIGGER", "REFERENCES"} & found for found in rights.values())


async def test_the_auditor_looks_at_everything_but_secrets(as_owner: asyncpg.Connection):
    rights = await _rights(as_owner, "tidings_auditor")
    everything = await _rights(as_owner, "tidings_owner")
    assert set(everything) - set(rights) == {"api_keys", "connections", "webhook_endpoints"}
    assert all(found == {"SELECT"} for found in rights.values())


async def test_the_auditors_sessions_are_read_only(postgres: Postgres, database: str, database_url: str):
    connection = await asyncpg.connect(postgres.url("tidings_auditor", database))
    try:
        with pytest.raises((asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientPrivilegeError)):
            await connection.execute("CREATE TEMPORARY TABLE mine (id int)")
        assert await connection.fetchval("SHOW default_transaction_read_only") == "on"
    finally:
        await connection.close()


@pytest.mark.parametrize("role", TIME_OUTS)
async def test_no_role_but_the_administrators_may_hang_for_ever(postgres: Postgres, database: str, role: str):
    connection = await asyncpg.connect(postgres.url(role, database))
    try:
        found = tuple([await connection.fetchval(f"SHOW {name}") for name in ENDED_BY])
        assert found == TIME_OUTS[role]
        assert await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    finally:
        await connection.close()


async def test_whoever_waits_for_a_lock_is_told_and_the_wait_is_an_outage(
    postgres: Postgres, database: str, database_url: str
):
    holder, waiter = [await asyncpg.connect(postgres.url("tidings_app", database)) for _ in range(2)]
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE order_numbers IN SHARE ROW EXCLUSIVE MODE")
            # As the role's own setting does, in less time.
            await waiter.execute("SET lock_timeout = '50ms'")
            with pytest.raises(asyncpg.LockNotAvailableError) as told:
                await waiter.execute("UPDATE order_numbers SET last = last")
        assert is_database_away(told.value)
    finally:
        await holder.close()
        await waiter.close()


async def test_an_administrator_may_migrate_and_the_tables_are_the_owners_all_the_same(
    postgres: Postgres, bare_database: str
):
    from_postgres = postgres.url("postgres", bare_database)
    await migrate(from_postgres)
    connection = await asyncpg.connect(from_postgres)
    try:
        owners = await connection.fetch(
            "SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    finally:
        await connection.close()
    assert [row["owner"] for row in owners] == ["tidings_owner"]
