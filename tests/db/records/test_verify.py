"""Whoever holds a signed head finds out what was done to the records under it, and where."""

import random
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.fixtures.sealed import Trail
from tests.fixtures.tampering import CHANGES, RECORD, WAYS, rewrite_heads_too
from tidings.cli.embedded.postgres import Postgres
from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.records.findings import Finding, Verification
from tidings.records.merkle import TILE_LEVELS


@pytest.fixture
async def superuser(postgres: Postgres, database: str, database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Whom no trigger stops."""
    connection = await asyncpg.connect(
        postgres.url("postgres", database), server_settings={"session_replication_role": "replica"}
    )
    yield connection
    await connection.close()


@pytest.fixture
async def sealed(trail: Trail) -> Trail:
    """Sixty records and one, under heads of seven."""
    await trail.write_at_once(60)
    await trail.seal(batch=7)
    return trail


def about(found: Verification, position: int, record_id: Any) -> list[Finding]:
    """The findings that name the record, by its id or by its place."""
    return [
        each
        for each in found.findings
        if each.record_id == record_id
        or (each.first is not None and each.last is not None and each.first <= position <= each.last)
    ]


async def test_what_nobody_touched_is_whole(sealed: Trail) -> None:
    found = await sealed.verify([await sealed.head()])
    assert found.is_whole, found.findings
    assert (found.size, found.pruned, found.unsealed, found.notes) == (61, 0, 0, ())


async def test_nothing_sealed_is_whole(trail: Trail) -> None:
    assert (await trail.verify()).is_whole
    await trail.write(3)
    found = await trail.verify()
    assert (found.is_whole, found.size, found.unsealed, found.head) == (True, 0, 3, None)


async def test_what_is_written_after_the_last_head_waits_and_is_no_fault(sealed: Trail) -> None:
    held = await sealed.head()
    await sealed.write(2)
    found = await sealed.verify([held])
    assert (found.is_whole, found.unsealed) == (True, 2)


async def test_an_older_head_goes_on_being_agreed_with(sealed: Trail) -> None:
    held = await sealed.head()
    await sealed.write(20)
    await sealed.seal(batch=3)
    found = await sealed.verify([held, await sealed.head()])
    assert found.is_whole, found.findings


# ── a hundred random ways


@pytest.mark.parametrize("seed", range(100))
async def test_any_one_record_that_is_tampered_with_is_found_and_located(
    sealed: Trail, superuser: asyncpg.Connection, seed: int
) -> None:
    dice = random.Random(seed)
    held = await sealed.head()
    way, position = WAYS[seed % len(WAYS)], dice.randrange(60)
    row = await superuser.fetchrow(
        "SELECT * FROM record_seals WHERE storefront_id = $1 AND position = $2", sealed.shop.id, position
    )
    await way(superuser, sealed, row, dice)
    found = await sealed.verify([held])
    assert not found.is_whole, way.__name__
    named = about(found, position, row["record_id"])
    assert named, (way.__name__, found.findings)
    # Among seven at most, where everything that could be was rewritten; else the record itself.
    narrowest = min((each.last or 0) - (each.first or 0) for each in named)
    assert narrowest == 0 if way is not rewrite_heads_too else narrowest < 7, (way.__name__, named)


@pytest.mark.parametrize("column", CHANGES)
async def test_each_column_is_sealed(sealed: Trail, superuser: asyncpg.Connection, column: str) -> None:
    rows = await superuser.fetch(
        "SELECT * FROM record_seals WHERE storefront_id = $1 AND position > 9 ORDER BY position", sealed.shop.id
    )
    for value, row in zip(CHANGES[column], rows, strict=False):
        await superuser.execute(f"UPDATE records SET {column} = {value} {RECORD}", sealed.shop.id, row["record_id"])
    found = await sealed.verify()
    for _, row in zip(CHANGES[column], rows, strict=False):
        assert about(found, row["position"], row["record_id"]), (column, row["position"])
    blamed = {each.first for each in found.findings if each.kind in {"record_changed", "record_removed"}}
    assert blamed == {row["position"] for _, row in zip(CHANGES[column], rows, strict=False)}


# ── what else there is to be found ──────────────────────────────────────────────────────────────────────────────────


async def test_a_record_that_was_taken_away_with_its_leaf_rewritten_is_named(sealed: Trail, superuser: Any) -> None:
    seal = "record_seals WHERE storefront_id = $1 AND position = 40"
    record_id = await superuser.fetchval(f"SELECT record_id FROM {seal}", sealed.shop.id)
    await superuser.execute(f"DELETE FROM records {RECORD}", sealed.shop.id, record_id)
    await superuser.execute(f"UPDATE {seal}".replace("WHERE", "SET leaf = sha256(leaf) WHERE"), sealed.shop.id)
    named = [each for each in (await sealed.verify()).findings if each.first == each.last == 40]
    assert {each.kind for each in named} == {"record_removed", "seal_changed"}


async def test_a_record_that_was_slipped_in_is_named(sealed: Trail, superuser: asyncpg.Connection) -> None:
    for xid in ("(SELECT min(xid) FROM records)", "'9000000000000000000'"):
        strange = new_id()
        await superuser.execute(
            f"""
            INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data, xid)
            VALUES ($1, $2, $3, 'test', 'order.cancelled', 'x', 'staff/eve', now(), '{{}}', {xid})
            """,
            sealed.shop.id,
            sealed.orders[0],
            strange,
        )
        found = await sealed.verify()
        assert [each.kind for each in found.findings if each.record_id == strange] == ["record_inserted"]


async def test_heads_that_were_touched_are_named(sealed: Trail, superuser: asyncpg.Connection) -> None:
    for change in ("signature = sha256(signature)", "size = size + 1", "root = sha256(root)", "previous = sha256(root)",
                   "marks = sha256(marks)", "key_id = 'x'", "sealed_at = 'infinity'"):  # fmt: skip
        await superuser.execute("CREATE TEMP TABLE before AS SELECT * FROM record_heads WHERE sequence = 3")
        await superuser.execute(
            f"UPDATE record_heads SET {change} WHERE storefront_id = $1 AND sequence = 3", sealed.shop.id
        )
        found = await sealed.verify()
        assert ("head_changed", 3) in {(each.kind, each.sequence) for each in found.findings}, change
        await superuser.execute("DELETE FROM record_heads WHERE sequence = 3")
        await superuser.execute("INSERT INTO record_heads SELECT * FROM before")
        await superuser.execute("DROP TABLE before")
    assert (await sealed.verify()).is_whole


async def test_heads_that_were_removed_are_named(sealed: Trail, superuser: asyncpg.Connection) -> None:
    await superuser.execute("DELETE FROM record_heads WHERE sequence = 3")
    found = await sealed.verify()
    assert ("head_removed", 3) in {(each.kind, each.sequence) for each in found.findings}


async def test_a_key_that_was_changed_is_found(sealed: Trail, superuser: asyncpg.Connection) -> None:
    await superuser.execute("UPDATE record_keys SET public = sha256(public)")
    found = await sealed.verify()
    assert found.counts["head_changed"] == 9


async def test_whoever_holds_a_head_needs_no_key_from_here(sealed: Trail, superuser: asyncpg.Connection) -> None:
    held = await sealed.head()
    await superuser.execute("DELETE FROM record_keys")
    await superuser.execute("UPDATE records SET actor = 'staff/eve' WHERE data->>'n' = '30'")
    found = await sealed.verify([held])
    assert [each.kind for each in found.findings] == ["head_differs", "record_changed"]


async def test_the_sealers_note_and_the_nodes_for_proofs_are_checked(
    sealed: Trail, superuser: asyncpg.Connection
) -> None:
    await sealed.write_at_once(2**TILE_LEVELS)
    await sealed.seal()
    assert (await sealed.verify()).is_whole
    await superuser.execute("UPDATE record_tiles SET node = sha256(node)")
    assert [each.kind for each in (await sealed.verify()).findings] == ["tile_changed"]
    await superuser.execute("DELETE FROM record_tiles")
    assert [each.kind for each in (await sealed.verify()).findings] == ["tile_changed"]
    for change in ("size = size + 1", "xid = '7'", "heads = 1", "frontier = ''", "record_id = gen_random_uuid()"):
        await superuser.execute("CREATE TEMP TABLE before AS SELECT * FROM record_logs")
        await superuser.execute(f"UPDATE record_logs SET {change}")
        assert "log_changed" in (await sealed.verify()).counts, change
        await superuser.execute("DELETE FROM record_logs")
        assert "log_changed" in (await sealed.verify()).counts
        await superuser.execute("INSERT INTO record_logs SELECT * FROM before")
        await superuser.execute("DROP TABLE before")


async def test_an_older_backup_is_noticed_by_whoever_holds_a_newer_head(
    sealed: Trail, superuser: asyncpg.Connection
) -> None:
    tables = ("records", "record_seals", "record_heads", "record_logs", "record_keys", "record_tiles")
    for table in tables:
        await superuser.execute(f"CREATE TEMP TABLE backup_{table} AS SELECT * FROM {table}")
    await sealed.write(5)
    await sealed.seal()
    held = await sealed.head()
    for table in tables:
        await superuser.execute(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM backup_{table}")
    assert (await sealed.verify()).is_whole
    found = await sealed.verify([held])
    assert [each.kind for each in found.findings] == ["head_ahead"]
    assert "5 records" in found.findings[0].detail
    # It goes on from there, and what it has now is another history than the one that was signed.
    await sealed.write(5)
    await sealed.seal()
    found = await sealed.verify([held])
    assert {each.kind for each in found.findings} == {"head_differs", "root_differs"}


async def test_a_history_that_was_written_anew_with_another_key_is_noticed(
    sealed: Trail, superuser: asyncpg.Connection
) -> None:
    held = await sealed.head()
    for table in ("record_seals", "record_heads", "record_logs", "record_keys", "record_tiles"):
        await superuser.execute(f"DELETE FROM {table}")
    await superuser.execute("UPDATE records SET actor = 'staff/eve' WHERE kind = 'thing.done'")
    other = Trail(sealed.begin, sealed.worker, sealed.clock, sealed.shop, sealed.signer)
    other.signer = type(sealed.signer)(["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])
    await other.seal(batch=7)
    assert (await sealed.verify()).is_whole
    found = await sealed.verify([held])
    assert {"head_differs", "root_differs", "head_changed"} <= set(found.counts)


async def test_a_held_head_that_is_none_is_told(sealed: Trail) -> None:
    held = await sealed.head()
    forged = type(held)(held.head, bytes(64), held.public)
    found = await sealed.verify([forged])
    assert [each.kind for each in found.findings] == ["head_unsigned"]


async def test_another_storefronts_trail_is_another(sealed: Trail, other_shop) -> None:
    found = await sealed.verify()
    assert found.size == 61
    sealed.shop = other_shop
    assert (await sealed.verify()).size == 0
    assert Scope(other_shop.id, "test") == other_shop.scope
