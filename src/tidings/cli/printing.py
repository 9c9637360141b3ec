"""What commands print: tables for eyes, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from pydantic import BaseModel

GAP = "  "


def show(items: Sequence[BaseModel | Mapping[str, Any]], columns: Sequence[str], *, as_json: bool = False) -> None:
    """Print a list: as a table with these columns, or, as JSON, with everything."""
    plain = [item.model_dump(mode="json") if isinstance(item, BaseModel) else dict(item) for item in items]
    if as_json:
        document(plain)
        return
    rows = [[word(item.get(column)) for column in columns] for item in plain]
    heads = [column.replace("_", " ").upper() for column in columns]
    for line in aligned([heads, *rows]):
        typer.echo(line)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def word(value: Any) -> str:
    """A value in a table's cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(word, value))
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return "-" if value is None else str(value)


def document(value: Any) -> None:
    """Print a value as JSON."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=False, default=str))
