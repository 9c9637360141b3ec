"""Whatever text has the wrong shape, the caller is told so in words: over the whole document."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.fixtures.described import described

DOCUMENT = described()
# No pattern takes it.
NOTHING = "\x01 ~"
# Judged as an address when all else is right (storefronts/change.py).
LATER = re.compile(r"/desk/(delegate_)?email$").search


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for; of a choice, what is not null."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif choice := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = next(one for one in choice if one.get("type") != "null")
        else:
            return schema


def spoiled(schema: Mapping[str, Any], at: str, places: dict[str, str]) -> Any:
    """A value for the schema in which no text has the shape that it must have; notes where, and which shape."""
    schema = resolved(schema)
    if "enum" in schema or "const" in schema:
        return schema["enum"][0] if "enum" in schema else schema["const"]
    match schema.get("type"):
        case "object":
            members = schema.get("properties") or {}
            return {name: spoiled(each, f"{at}/{name}", places) for name, each in members.items()}
        case "array":
            return [spoiled(schema["items"], f"{at}/0", places)]
        case "string" if "pattern" in schema:
            places[at] = schema["pattern"]
            return NOTHING
        case other:
            return {"string": "x", "boolean": True}.get(other, 1)


def operations() -> Iterator[Any]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if path.startswith("/v1/") and "application/json" in content:
                places: dict[str, str] = {}
                body = spoiled(content["application/json"]["schema"], "", places)
                if places:
                    yield pytest.param(method, path, body, places, id=operation["operationId"])


@pytest.mark.parametrize(("method", "path", "body", "places"), list(operations()))
async def test_no_fault_shows_a_pattern(
    api: httpx.AsyncClient, method: str, path: str, body: Any, places: dict[str, str]
) -> None:
    assert not [pattern for pattern in places.values() if re.search(pattern, NOTHING)]
    there = re.sub(r"\{\w+\}", "x", path)
    answer = await api.request(method, there, json=body, headers={"If-Match": '"1"'})
    refused, whole = answer.json(), ""
    if "results" in refused:
        # Each order of a batch has its own outcome.
        refused, whole = refused["results"][0]["problem"], "/orders/0"
    assert refused["status"] == 422, answer.text
    told = {whole + fault["pointer"]: fault["detail"] for fault in refused["errors"]}
    wholes = tuple(f"{place}/" for place in told)
    assert not [place for place in places if place not in told and not place.startswith(wholes) and not LATER(place)]
    for place, detail in told.items():
        assert "pattern" not in detail.lower(), (place, detail)
        assert not [pattern for pattern in places.values() if pattern in detail], (place, detail)
        assert not re.search(r"\[\^|\\x|\]\*\$|\^\[", detail), (place, detail)
