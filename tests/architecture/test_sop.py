"""The procedure and the code: no sentence is left out, and what docs/sop.md names for it is there."""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import get_args

import pytest

from scripts.sop import ROOT, TEXT, Row, parts, sections
from scripts.sop_table import METHODS, operations
from tests.architecture.source import Module, is_function, modules, sample
from tidings.cli.main import COMMANDS, loaded
from tidings.milestones.facts import FACT_KINDS
from tidings.milestones.table import TABLE
from tidings.storefronts.kinds import Milestone

# What the company has signed. Whoever changes the procedure changes the digest, and says so.
SIGNED = "c9ff501dcbdca841fd8b1f432b41258b53a6ca538213d825bbfb947df861f59e"
ROWS = [row for section in sections() for row in section.rows]
NUMBERS = [f"{section.number}-{place}" for section in sections() for place, _ in enumerate(section.rows, start=1)]
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*")


def test_the_text_is_what_was_signed() -> None:
    assert hashlib.sha256(TEXT.read_bytes()).hexdigest() == SIGNED


def test_every_sentence_stands_in_the_table_once_and_in_its_order() -> None:
    told = [
        said
        for section in sections()
        for said in (section.heading, *([section.table] if section.table else []), *(row.says for row in section.rows))
    ]
    assert told == list(parts(TEXT.read_text("utf-8")))


def test_a_text_is_taken_apart_into_its_sentences() -> None:
    lines = (
        "2. Head", "", "- Do this (e.g., that).", " Then rest", " and more. Twice.", "", "a\tb", "---\t---",
        'c\t"One. Two."', "- o Late.",
    )  # fmt: skip
    assert list(parts("\n".join(lines))) == [
        "2. Head", "Do this (e.g., that).", "Then rest and more.", "Twice.", "a\tb", 'c\t"One. Two."', "Late.",
    ]  # fmt: skip


def test_sections_are_numbered_as_the_text_numbers_them() -> None:
    for section in sections():
        if section.number != "0":
            assert section.heading.startswith(f"{section.number.rpartition('.')[2]}. ")


@pytest.mark.parametrize("row", ROWS, ids=NUMBERS)
def test_a_row_names_place_call_record_and_test(row: Row) -> None:
    named = (row.where, row.calls, row.records, row.tests)
    assert row.does.endswith(".")
    assert "Not built yet" not in row.does
    assert all(named)
    assert all(len(set(names)) == len(names) for names in named)


@pytest.mark.parametrize("row", ROWS, ids=NUMBERS)
def test_what_a_row_names_is_there(row: Row) -> None:
    assert not [path for path in row.where if not (ROOT / path).exists()]
    assert not [call for call in row.calls if not _is_call(call)]
    assert not [kind for kind in row.records if kind not in kinds()]
    assert not [milestone for milestone in row.milestones if milestone not in TABLE]
    assert not [test for test in row.tests if not _is_test(test)]


def test_every_milestone_that_a_customer_is_told_of_is_some_sentences() -> None:
    """Or it is one that the sentences of 4.3 to 4.5 make necessary, and only beside them."""
    beside = {"order_updated", "order_cancelled", "contact_changed"}
    told = {milestone for row in ROWS for milestone in row.milestones}
    assert {name for name in get_args(Milestone) if TABLE[name].audience == "customer"} - told == beside


def test_what_is_not_there_is_noticed() -> None:
    assert not _is_call("POST /v1/orders/{order_id}/wishes")
    assert not _is_call("tidings records burn")
    assert not _is_call("tidings burn")
    assert not _is_test("tests/architecture/test_sop.py::test_that_nobody_has_written")
    assert not _is_test("tests/architecture/test_none.py::test_the_text_is_what_was_signed")
    assert "order.eaten" not in kinds()
    verbs = sample('entry("cooked")\n')
    written = sample('append(tx, Entry(one, "order.eaten"))\nlog.info("order.logged")\nEntry(one, f"meal.{verb}")\n')
    assert _kinds_in(written, [verbs]) == {"order.eaten", "meal.cooked"}


def _is_call(call: str) -> bool:
    if call.startswith(METHODS):
        return call in operations()
    program, *words = call.split()
    if program != "tidings" or not words or words[0] not in COMMANDS:
        return False
    command = loaded(words[0])
    for verb in words[1:]:
        command = getattr(command, "commands", {}).get(verb)
    return command is not None


def _is_test(name: str) -> bool:
    path, *names = name.split("::")
    return (ROOT / path).is_file() and _has(_tree(path), *names)


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def _has(scope: ast.Module | ast.ClassDef, name: str, *inner: str) -> bool:
    found = [node for node in scope.body if (is_function(node) or isinstance(node, ast.ClassDef)) and node.name == name]
    return any(_has(node, *inner) if inner and isinstance(node, ast.ClassDef) else not inner for node in found)


@cache
def kinds() -> frozenset[str]:
    """Every kind of record that the code writes: facts, and what is appended by itself."""
    everything = modules("src")
    found = set[str](FACT_KINDS)
    for writer in everything:
        if any(name.startswith("tidings.records.append") for _, name in writer.imports):
            found |= _kinds_in(writer, [module for module in everything if module.path.parent == writer.path.parent])
    return frozenset(found)


def _kinds_in(writer: Module, folder: Iterable[Module]) -> set[str]:
    """Those that stand in a module, whole, or as `f"template.{verb}"` with verbs that stand somewhere in its folder."""
    logged = {
        id(argument)
        for node in writer.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
        for argument in node.args
    }
    whole = {text for node, text in _texts(writer) if _KIND.fullmatch(text) and id(node) not in logged}
    nouns = {
        first.value
        for node in writer.nodes
        if isinstance(node, ast.JoinedStr)
        and len(node.values) == 2
        and isinstance(first := node.values[0], ast.Constant)
        and re.fullmatch(r"[a-z_]+\.", str(first.value))
    }
    verbs = {text for module in folder for _, text in _texts(module) if re.fullmatch(r"[a-z_]+", text)}
    return whole | {f"{noun}{verb}" for noun in nouns for verb in verbs}


def _texts(module: Module) -> Iterator[tuple[ast.Constant, str]]:
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value
