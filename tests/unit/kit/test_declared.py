"""Problems as routes declare them."""

from pydantic import BaseModel

from tidings.kit.declared import body_of, problems
from tidings.kit.problem import NotFound, PreconditionFailed, Problem


class AlsoMissing(Problem):
    """It is missing in another way."""

    status = 404
    slug = "also-missing"
    title = "Also missing"


def test_problems_of_one_status_share_an_answer_with_an_example_each() -> None:
    declared = problems(NotFound, AlsoMissing, PreconditionFailed)
    assert set(declared) == {404, 412}
    assert declared[404]["description"] == "Not found; Also missing"
    examples = declared[404]["content"]["application/problem+json"]["examples"]
    assert examples["also-missing"]["value"]["detail"] == "It is missing in another way."


class Inner(BaseModel):
    n: int


class Outer(BaseModel):
    inner: Inner


def test_a_body_brings_its_definitions_and_examples_along() -> None:
    body = body_of(Outer, one={"summary": "One", "value": {"inner": {"n": 1}}})
    content = body["content"]["application/json"]
    assert content["schema"]["$ref"] == "#/components/schemas/Outer"
    assert set(content["schema"]["$defs"]) == {"Outer", "Inner"}
    assert set(content["examples"]) == {"one"}
