"""Problems as a route declares them: `responses=problems(NotFound, TaskClosed)`."""

from typing import Any, Final

from pydantic import TypeAdapter

from tidings.kit.problem import MEDIA_TYPE, Problem

# The one schema of all problem documents; put into the OpenAPI document by api/openapi.py.
SCHEMA_REF: Final = "#/components/schemas/Problem"

Responses = dict[int | str, dict[str, Any]]


def problems(*refusals: type[Problem]) -> Responses:
    """The answers that these refusals are, for a route's `responses`; several may share a status."""
    declared: Responses = {}
    for refusal in refusals:
        answer = declared.setdefault(
            refusal.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REF}, "examples": {}}}},
        )
        examples = answer["content"][MEDIA_TYPE]["examples"]
        examples[refusal.slug] = {"summary": refusal.title, "value": refusal().body("urn:tidings:request:0198a1b2")}
        answer["description"] = "; ".join(example["summary"] for example in examples.values())
    return declared


def body_of(model: Any, **examples: Any) -> dict[str, Any]:
    """The `requestBody` of a route that reads the raw bytes itself; its schema's definitions are hoisted later.

    Args:
        model: a pydantic model, or anything else that a TypeAdapter takes.
        examples: by name, each with `summary` and `value`.
    """
    schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
    name = getattr(model, "__name__", "Body")
    definitions = schema.pop("$defs", {}) | {name: schema}
    content = {"schema": {"$ref": f"#/components/schemas/{name}", "$defs": definitions}, "examples": examples}
    return {"required": True, "content": {"application/json": content}}
