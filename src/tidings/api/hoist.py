"""Definitions that a route brought along inside its own schemas move to where all the others are. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_REF: Final = "#/components/schemas/"


def hoist(document: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Move every `$defs` in a document's paths into its components.

    A definition whose name another one has (what is asked for and what is answered often share one) is called
    `<Name>-Input` from then on, as FastAPI calls it.
    """
    for carrier in list(_carriers(document)):
        brought = carrier.pop("$defs")
        renamed = clashing(brought, schemas)
        carrier.update(_renamed(carrier, renamed))
        for name, schema in brought.items():
            schemas[f"{name}-Input" if name in renamed else name] = _renamed(schema, renamed)


def clashing(brought: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    """Which of these definitions must have another name: those that differ, and those that name one that does."""
    found: set[str] = set()
    while True:
        more = {
            name
            for name, schema in brought.items()
            if name not in found and name in schemas and _renamed(schema, found) != schemas[name]
        }
        if not more:
            return found
        found |= more


def _carriers(part: Any) -> Iterator[dict[str, Any]]:
    values = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in values:
        yield from _carriers(value)
    if isinstance(part, dict) and "$defs" in part:
        yield part


def _renamed(schema: dict[str, Any], names: set[str]) -> dict[str, Any]:
    text = json.dumps(schema)
    for name in names:
        text = text.replace(f'"{_REF}{name}"', f'"{_REF}{name}-Input"')
    renamed: dict[str, Any] = json.loads(text)
    return renamed
