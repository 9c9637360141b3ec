"""Statements made of what a table says of itself."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSON, JSONB

from tidings.kit.ids import new_id
from tidings.kit.keeping import Keeping, Whose, bound, erasing, exporting, is_textual
from tidings.kit.scope import Scope

TABLE = Table(
    "letters",
    MetaData(),
    Column("storefront_id", Text),
    Column("id", Integer, primary_key=True),
    Column("order_id", Text),
    Column("text", Text),
    Column("scan", LargeBinary),
)


def keeping(**more: object) -> Keeping:
    return Keeping(**({"table": TABLE, "kind": "content", "plain": ()} | more))  # type: ignore[arg-type]


def test_names_become_numbers_in_their_order_and_casts_stay() -> None:
    whose = Whose(Scope(new_id(), "test"), [new_id()], ["a"])
    sql, arguments = bound("a = :storefront AND b::text = ANY(:orders) AND c = :storefront", whose.values())
    assert sql == "a = $1::uuid AND b::text = ANY($2::uuid[]) AND c = $1::uuid"
    assert arguments == [whose.scope.storefront_id, whose.orders]


def test_erasing_empties_removes_or_leaves_alone() -> None:
    emptied = erasing(keeping(personal={"text": "''", "scan": "NULL"}))
    assert emptied == (
        'UPDATE letters SET "text" = \'\', "scan" = NULL WHERE storefront_id = :storefront AND order_id = ANY(:orders)'
    )
    removed = erasing(keeping(personal={"text": "''"}, is_removed=True, by_law="kind = 'invoice'"))
    assert removed == (
        "DELETE FROM letters WHERE storefront_id = :storefront AND order_id = ANY(:orders) AND NOT (kind = 'invoice')"
    )
    assert erasing(keeping(plain=("text",))) is None


def test_exporting_tells_neither_bytes_nor_the_storefront() -> None:
    sql = exporting(keeping(whose="id = 1"))
    assert sql == (
        "SELECT row_to_json(t)::text AS row FROM"
        ' (SELECT "id", "order_id", "text" FROM letters WHERE id = 1 ORDER BY "id") t'
    )


def test_exporting_tells_salts_and_to_the_letter_what_they_are_for() -> None:
    salted = Table(
        "events",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("snapshot", JSON),
        Column("extras", JSONB),
        Column("salt", LargeBinary),
    )
    assert exporting(keeping(table=salted, whose="id = 1")) == (
        'SELECT row_to_json(t)::text AS row FROM (SELECT "id", "snapshot", "snapshot"::text AS "snapshot_text",'
        ' "extras", encode("salt", \'hex\') AS "salt" FROM events WHERE id = 1 ORDER BY "id") t'
    )


def test_texts_and_bytes_could_say_something_of_somebody_and_numbers_not() -> None:
    assert [column.name for column in TABLE.columns if is_textual(column)] == [
        "storefront_id", "order_id", "text", "scan",
    ]  # fmt: skip
