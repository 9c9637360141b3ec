"""The import contracts cover what is there: a new room, provider or slice is not left out by forgetting."""

import tomllib
from typing import Any

from tests.architecture.source import EDGES, PACKAGE, ROOT, modules

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]


def _contract(words: str) -> dict[str, Any]:
    (found,) = [contract for contract in CONTRACTS if words in contract["name"]]
    return found


def _rooms() -> set[str]:
    return {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}


def test_every_room_has_its_place_in_the_ladder_and_none_is_optional_any_more() -> None:
    ladder = _contract("ladder")
    assert ladder["exhaustive"]
    named = {name.strip() for layer in ladder["layers"] for name in layer.split("|")}
    assert _rooms() <= named, "a room that exists is named without parentheses"


def test_every_slice_is_closed_to_adapters_but_for_its_ports() -> None:
    forbidden = {name.removeprefix("tidings.") for name in _contract("Adapters see the ports")["forbidden_modules"]}
    assert _rooms() - EDGES == forbidden


def test_every_registered_provider_is_independent_of_the_others() -> None:
    (registry,) = [module for module in modules() if module.name == "tidings.adapters.registry"]
    providers = {name.rpartition(".")[0] for _, name in registry.imports if name.rpartition(".")[2].isupper()}
    assert providers
    independent = set(_contract("Providers")["modules"])
    assert {name.removesuffix(".provider") for name in providers} == independent


def test_pure_modules_are_named_as_they_are_everywhere() -> None:
    pure = {name.rpartition(".")[2] for name in _contract("Pure modules")["source_modules"]}
    assert pure == {"states", "kinds", "rules", "ports"}
    for stem in pure:
        assert [module for module in modules() if module.path.stem == stem], stem
