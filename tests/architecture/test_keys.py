"""The shape of the tables: every key holds the storefront, so that the data can be spread by it one day."""

import pytest
from sqlalchemy import DateTime, Enum, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from tidings.schema import metadata

# Small, read everywhere, the same on every node.
REFERENCE = {"storefronts", "api_keys", "connections"}
# Not part of the product's own data.
OUTSIDE = {"alembic_version"}

OWN = [table for table in metadata.sorted_tables if table.name not in REFERENCE | OUTSIDE]


def _keys(table: Table) -> list[tuple[str, set[str]]]:
    """Every key of a table with its columns; foreign keys to reference tables need only be there."""
    keys = [
        (str(constraint.name or type(constraint).__name__), {column.name for column in constraint.columns})
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint) or _between_own(constraint)
    ]
    return keys + [(str(index.name), _columns(index)) for index in table.indexes if index.unique]


def _columns(index: Index) -> set[str]:
    return {column.name for column in index.columns}


def _between_own(constraint: object) -> bool:
    return isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table.name not in REFERENCE


@pytest.mark.parametrize("table", OWN, ids=lambda table: table.name)
def test_every_key_contains_the_storefront(table: Table) -> None:
    assert not [name for name, columns in _keys(table) if "storefront_id" not in columns]


@pytest.mark.parametrize("table", OWN, ids=lambda table: table.name)
def test_a_table_with_a_mode_keeps_live_and_test_apart_in_what_people_choose(table: Table) -> None:
    chosen = {"name", "number", "slug", "key", "recipient"}
    for name, columns in _keys(table):
        if columns & chosen and "mode" in table.columns:
            assert "mode" in columns, f"{name}: live and test rows would collide"


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_instants_know_their_zone_and_are_named_at(table: Table) -> None:
    instants = [column for column in table.columns if isinstance(column.type, DateTime)]
    assert not [column.name for column in instants if not column.type.timezone]
    assert not [column.name for column in instants if not f"_{column.name}".endswith(("_at", "_until", "_since"))]


def test_states_are_text_with_a_check_and_not_enums_of_postgres() -> None:
    assert not [
        str(column) for table in metadata.sorted_tables for column in table.columns if isinstance(column.type, Enum)
    ]
