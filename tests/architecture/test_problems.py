"""Every refusal has a name, a manual page, a place in the document of the API, and a test that provokes it."""

import importlib
import inspect
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from tests.architecture.source import modules
from tidings.api.app import described_app
from tidings.api.describe import document
from tidings.kit.problem import Problem

# Slug → why no operation declares it.
UNDECLARED: dict[str, str] = {
    "method-not-allowed": "it is the answer of a path to methods that are no operation",
    "unexpected": "nobody means to give it",
    "collision": "the edge's word for two requests that no slice foresaw to meet",
    "slug-taken": "storefronts are opened on the command line",
    "key-taken": "keys are given on the command line",
}


@lru_cache
def _refusals() -> tuple[type[Problem], ...]:
    """All Problem classes of the package; private ones only reword another."""
    for module in modules():
        importlib.import_module(module.name)
    return tuple(
        sorted({kind for kind in _below(Problem) if not kind.__name__.startswith("_")}, key=lambda kind: kind.slug)
    )


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("tidings."):
            yield child
            yield from _below(child)


@lru_cache
def _declared() -> frozenset[str]:
    return frozenset(re.findall(r"urn:tidings:problem:([a-z0-9-]+)", str(document(described_app()))))


@lru_cache
def _tests(folder: str) -> str:
    return "\n".join(module.text for module in modules(folder))


def _named(refusal: type[Problem]) -> str:
    return refusal.slug


@pytest.mark.parametrize("refusal", _refusals(), ids=_named)
def test_a_refusal_says_what_it_is(refusal: type[Problem]) -> None:
    assert 400 <= refusal.status <= 599
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", refusal.slug)
    assert refusal.title
    assert not refusal.title.endswith(".")
    assert "slug" in vars(refusal), "a name of its own"
    assert len(inspect.getdoc(refusal) or "") > 20, "its docstring is what callers read"
    assert vars(refusal).get("__doc__"), "not its parent's docstring"


@pytest.mark.parametrize("refusal", _refusals(), ids=_named)
def test_a_refusal_is_declared_on_a_route(refusal: type[Problem]) -> None:
    assert (refusal.slug in _declared()) is not (refusal.slug in UNDECLARED)


@pytest.mark.parametrize("refusal", _refusals(), ids=_named)
def test_a_refusal_is_provoked_by_a_test(refusal: type[Problem]) -> None:
    """Over HTTP, if an operation declares it; else wherever it is given (the command line, the edge)."""
    tests = _tests("tests/api") if refusal.slug in _declared() else _tests("tests")
    assert re.search(rf"\b(?:{refusal.slug}|{refusal.__name__})\b", tests)


def test_no_two_refusals_share_a_name() -> None:
    slugs = [refusal.slug for refusal in _refusals()]
    assert sorted(slugs) == sorted(set(slugs))


def test_what_the_document_declares_exists() -> None:
    assert _declared() <= {refusal.slug for refusal in _refusals()}


def test_routes_raise_problems_and_not_the_frameworks_exceptions() -> None:
    raised = [m.where for m in modules() if re.search(r"raise \w*HTTPException", m.text)]
    assert not raised
