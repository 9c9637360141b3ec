"""The OpenAPI document, made right: what every call has in common is added by rule, not by hand."""

import json
from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from tidings.api.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType
from tidings.api.hoist import hoist
from tidings.api.tags import TAGS
from tidings.kit.declared import Responses, problems
from tidings.kit.idempotency import HEADER, REPLAYED, KeyInUse, KeyUsedOtherwise
from tidings.kit.problem import InvalidInput, NotFound, Problem, Unavailable
from tidings.storefronts.access import Access
from tidings.storefronts.authenticate import ACTOR_HEADER
from tidings.storefronts.errors import OF_EVERY_CALL

SECURITY: Final = "key"

_DESCRIPTION: Final = """
Confirms orders and tells customers what becomes of them: once, in time, and provably.

Press *Authorize* and paste an API key; `tidings dev` prints one for its demo storefront, and the examples here work
with it. Every refusal is a problem document (RFC 9457). Every POST takes an `Idempotency-Key`. Lists are read by
cursor. Ids are opaque. Clients must ignore fields that they do not know: v1 only grows.
"""

_PROBLEM_SCHEMA: Final = {
    "title": "Problem",
    "type": "object",
    "description": "A refusal (RFC 9457). Further members say more about the one at hand.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:tidings:problem:invalid-input"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri", "description": "The request, as our log knows it"},
        "errors": {
            "type": "array",
            "description": "Everything that is wrong with the input, all at once",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901, into the body; or /query/…, /header/…"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

_KEY_PARAMETER: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request is answered the same again, and nothing is done twice",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7E]+$"},
}
_ACTOR_PARAMETER: Final = {
    "name": ACTOR_HEADER,
    "in": "header",
    "required": False,
    "description": "Who of the staff acts: `staff/<id>`; recorded",
    "schema": {"type": "string", "pattern": r"^staff/[A-Za-z0-9._-]{1,64}$"},
}
_REPLAYED_HEADER: Final = {"description": "`true` when this is the first answer again", "schema": {"type": "string"}}


def operation_id(route: APIRoute) -> str:
    """`orders_place`: the chapter and the function's name, without saying the chapter twice."""
    chapter = str(route.tags[0]).replace("-", "_") if route.tags else ""
    words = (chapter, chapter.removesuffix("s"))
    name = route.name
    for word in words:
        name = name.removesuffix(f"_{word}").removeprefix(f"{word}_")
    return f"{chapter}_{name}" if chapter else name


def query_names(route: APIRoute) -> frozenset[str]:
    """What a route takes in its query, by its signature or its own part of the document."""
    signed = (field.alias for field in get_flat_params(route.dependant) if isinstance(field.field_info, params.Query))
    written = (each["name"] for each in (route.openapi_extra or {}).get("parameters", ()) if each["in"] == "query")
    return frozenset((*signed, *written))


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document of an application's routes."""
    made = get_openapi(
        title=app.title, version=app.version, description=_DESCRIPTION.strip(), routes=app.routes, tags=TAGS
    )
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                _complete(made["paths"][route.path_format][method.lower()], route, method, made)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    hoist(made, schemas)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operation in _operations(made):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            # Routes that read raw bytes bring their models' definitions along (kit/declared.body_of).
            for name, schema in content["schema"].pop("$defs", {}).items():
                schemas.setdefault(name, schema)
    schemas["Problem"] = _PROBLEM_SCHEMA
    components["securitySchemes"] = {
        SECURITY: {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key, `td_live_…` or `td_test_…`; it belongs to one storefront and has scopes",
        }
    }
    return made


def _operations(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in made["paths"].values():
        yield from path.values()


def _complete(operation: dict[str, Any], route: APIRoute, method: str, made: dict[str, Any]) -> None:
    needed = sorted({scope for access in _accesses(route.dependant) for scope in access.scopes})
    if needed:
        operation.setdefault("security", [{SECURITY: needed}])
    secured = "security" in operation
    if secured and method != "GET":
        operation.setdefault("parameters", []).append(_ACTOR_PARAMETER)
    if secured and method == "POST":
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                answer.setdefault("headers", {})[REPLAYED] = _REPLAYED_HEADER
    _declare(operation, problems(*_by_rule(operation, route, method)))
    _hoist_examples(operation, made)


def _by_rule(operation: dict[str, Any], route: APIRoute, method: str) -> Iterator[type[Problem]]:
    if "security" in operation:
        yield from OF_EVERY_CALL
        yield Unavailable
        if method == "POST":
            yield from (KeyInUse, KeyUsedOtherwise)
        yield InvalidInput
    if "requestBody" in operation and "security" in operation:
        yield from (MalformedBody, BodyTooLarge, UnsupportedMediaType)
    if "{" in route.path:
        yield NotFound


def _declare(operation: dict[str, Any], declared: Responses) -> None:
    answers = operation["responses"]
    if "HTTPValidationError" in json.dumps(answers.get("422", {})):
        del answers["422"]
    for status, answer in declared.items():
        present = answers.setdefault(str(status), answer)
        if present is not answer:
            for media_type, content in answer["content"].items():
                mine = present.setdefault("content", {}).setdefault(media_type, content)
                mine.setdefault("examples", {}).update(content["examples"])
                summaries = [example["summary"] for example in mine["examples"].values()]
                present["description"] = "; ".join(summaries)
    operation["responses"] = dict(sorted(answers.items()))


def _hoist_examples(operation: dict[str, Any], made: dict[str, Any]) -> None:
    """Examples of a body's model stand beside the body, where the explorer fills them in."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = _named(content.get("schema", {})).rpartition("/")[2]
        examples = made.get("components", {}).get("schemas", {}).get(name, {}).get("examples", [])
        if examples and "examples" not in content:
            content["examples"] = {f"example_{n}": {"value": value} for n, value in enumerate(examples, start=1)}


def _named(schema: dict[str, Any]) -> str:
    """The reference in a schema, also of a body that may be left out."""
    ways = [schema, *schema.get("anyOf", ())]
    return next((str(way["$ref"]) for way in ways if "$ref" in way), "")


def _accesses(dependant: Dependant) -> Iterator[Access]:
    for part in dependant.dependencies:
        if isinstance(part.call, Access):
            yield part.call
        yield from _accesses(part)


def as_text(made: dict[str, Any]) -> str:
    """The document as it is committed: sorted, so that a difference is a difference."""
    return json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
