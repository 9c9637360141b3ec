"""The OpenAPI document, completed by rule."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema_rs import validator_for

from tests.fixtures.described import described
from tidings.api.app import described_app
from tidings.api.describe import as_text, document
from tidings.api.tags import TAGS


@cache
def made() -> dict[str, Any]:
    return described()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in made()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", path, operation


def secured() -> Iterator[tuple[str, str, dict[str, Any]]]:
    return ((name, path, operation) for name, path, operation in operations() if "security" in operation)


def parameters(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ())}


def test_it_is_openapi_3_1_and_always_the_same() -> None:
    assert made()["openapi"] == "3.1.0"
    assert as_text(document(described_app())) == as_text(made())


def test_every_operation_has_a_summary_a_description_and_a_chapter_that_is_described() -> None:
    chapters = {tag["name"] for tag in TAGS}
    for name, _, operation in operations():
        assert operation.get("summary"), name
        assert operation.get("description"), name
        assert set(operation["tags"]) <= chapters, name
    assert {tag for _, _, operation in operations() for tag in operation["tags"]} <= chapters


def test_operation_ids_say_the_chapter_once_and_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    assert {"orders_place", "tasks_list", "api_keys_create", "storefront_update", "health_alive"} <= set(ids)


def test_everything_under_v1_needs_a_key_with_a_scope_but_callbacks() -> None:
    for name, path, operation in operations():
        open_to_all = not path.startswith("/v1/") or path.startswith("/v1/callbacks/")
        assert ("security" in operation) != open_to_all, name
    for name, _, operation in secured():
        assert operation["security"][0]["key"], name


def test_every_call_with_a_key_declares_what_every_such_call_may_be_answered() -> None:
    for name, path, operation in secured():
        answers = set(operation["responses"])
        assert {"401", "403", "429", "503"} <= answers, name
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= answers, name
        if "{" in path:
            assert "404" in answers, name


def test_every_post_takes_an_idempotency_key_and_every_change_an_actor() -> None:
    for name, _, operation in secured():
        assert ("Idempotency-Key" in parameters(operation)) == name.startswith("POST"), name
        assert ("Tidings-Actor" in parameters(operation)) == (not name.startswith("GET")), name
        if name.startswith("POST"):
            assert {"409", "422"} <= set(operation["responses"]), name


def test_every_refusal_is_a_problem_document_and_nothing_else() -> None:
    for name, _, operation in operations():
        for status, answer in operation["responses"].items():
            if status[0] in "45" and name != "GET /readyz":
                assert set(answer["content"]) == {"application/problem+json"}, (name, status)
                assert answer["description"], (name, status)
    assert "HTTPValidationError" not in json.dumps(made())


def test_every_body_has_an_example_and_the_examples_fit_their_schemas() -> None:
    for name, _, operation in secured():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content.get("examples"), name
            schema = content["schema"] | {"components": made()["components"]}
            for example in content["examples"].values():
                found = [str(error) for error in validator_for(schema).iter_errors(example["value"])]
                assert not found, (name, found)


def test_examples_of_problems_fit_the_problem_schema() -> None:
    problem = validator_for(made()["components"]["schemas"]["Problem"])
    for name, _, operation in operations():
        for answer in operation["responses"].values():
            content = answer.get("content", {}).get("application/problem+json", {})
            for example in content.get("examples", {}).values():
                assert problem.is_valid(example["value"]), name


def test_every_reference_leads_somewhere_and_no_definition_stays_behind() -> None:
    text = json.dumps(made())
    assert "$defs" not in text
    names = set(made()["components"]["schemas"])
    wanted = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= names


def test_chapters_stand_in_the_order_of_the_procedure() -> None:
    assert [tag["name"] for tag in made()["tags"]][:3] == ["orders", "verification", "shipments"]


@pytest.mark.parametrize("word", ["key", "Authorize", "tidings dev"])
def test_the_head_tells_how_to_begin(word: str) -> None:
    assert word in made()["info"]["description"]
