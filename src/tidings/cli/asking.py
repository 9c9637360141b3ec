"""What several commands ask for: a storefront, a mode, who gives the command, JSON."""

import json
from typing import Annotated, Any, Literal, TypeVar

import typer
from pydantic import BaseModel, TypeAdapter, ValidationError

from tidings.bootstrap import Runtime
from tidings.cli.running import Refused
from tidings.kit.db import Scope
from tidings.kit.faults import faults_of, pointer
from tidings.kit.problem import InvalidInput
from tidings.storefronts.queries import storefront_by_slug

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)

Slug = Annotated[str, typer.Argument(metavar="STOREFRONT", help="The storefront's slug")]
ModeOption = Annotated[Literal["live", "test"], typer.Option("--mode", help="Whose rows: live, or made in test mode")]
ActorOption = Annotated[str, typer.Option("--actor", help="Who does it, as recorded: staff/<id>")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most")]

# Recorded when nobody is named.
COMMAND_LINE = "command-line"


async def scope_of(runtime: Runtime, slug: str, mode: Literal["live", "test"]) -> Scope:
    """The rows of a storefront and mode.

    Raises:
        Refused: there is no such storefront.
    """
    async with runtime.begin.reading(None) as tx:
        row = await storefront_by_slug(tx, slug)
    if row is None:
        raise Refused(f"there is no storefront {slug!r}; `tidings storefronts list` shows which there are")
    return Scope(row.id, mode)


def made(model: type[Model], **given: Any) -> Model:
    """What was asked for, checked as a request over HTTP is.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _invalid(error) from None


def checked(kind: Any, name: str, value: Any) -> Any:
    """One option's value, checked as the field of that type is.

    Raises:
        InvalidInput: it is not one.
    """
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise _invalid(error, name) from None


def _invalid(error: ValidationError, *before: str) -> InvalidInput:
    errors = error.errors(include_url=False, include_input=False)
    return InvalidInput(faults=faults_of(errors, root=None, at=pointer(before)))


def pairs(given: list[str] | None, option: str) -> dict[str, Any]:
    """`["from=shop@example.com", "port=587"]` → a dict; values that are JSON are taken as such.

    Raises:
        Refused: one of them has no `=`.
    """
    found = {}
    for pair in given or []:
        name, separator, value = pair.partition("=")
        if not separator:
            raise Refused(f"{option} takes name=value, not {name!r}")
        found[name] = _json_or_text(value)
    return found


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
