"""Problems as a route declares them: `responses=problems(NotFound, TaskClosed)`."""

from typing import Any, Final

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
