"""Definitions move to where all the others are."""

from typing import Any

from tidings.api.hoist import clashing, hoist

REF = "#/components/schemas/"


def carrying(**definitions: Any) -> dict[str, Any]:
    return {"paths": {"/x": [{"schema": {"$ref": f"{REF}Outer", "$defs": definitions}}]}}


def test_what_is_brought_along_is_moved() -> None:
    document, schemas = carrying(Outer={"type": "object"}), {}
    hoist(document, schemas)
    assert schemas == {"Outer": {"type": "object"}}
    assert document["paths"]["/x"][0]["schema"] == {"$ref": f"{REF}Outer"}


def test_the_same_definition_twice_is_one() -> None:
    document, schemas = carrying(Outer={"type": "object"}), {"Outer": {"type": "object"}}
    hoist(document, schemas)
    assert schemas == {"Outer": {"type": "object"}}


def test_one_that_differs_gets_a_name_of_its_own_and_so_does_who_names_it() -> None:
    brought = {
        "Outer": {"properties": {"a": {"$ref": f"{REF}Inner"}}},
        "Inner": {"type": "integer"},
        "Aside": {"type": "null"},
    }
    present = {
        "Outer": {"properties": {"a": {"$ref": f"{REF}Inner"}}},
        "Inner": {"type": "string"},
        "Aside": {"type": "null"},
    }
    assert clashing(brought, present) == {"Outer", "Inner"}
    document, schemas = carrying(**brought), dict(present)
    hoist(document, schemas)
    assert document["paths"]["/x"][0]["schema"] == {"$ref": f"{REF}Outer-Input"}
    assert schemas == present | {
        "Outer-Input": {"properties": {"a": {"$ref": f"{REF}Inner-Input"}}},
        "Inner-Input": {"type": "integer"},
    }
