"""Small rooms: files of 250 lines, functions of 40, eight ways through them, six arguments."""

import tomllib

from tests.architecture.source import ROOT, Module, body_without_docstring, modules, sample

FILE_LINES = 250
FUNCTION_LINES = 40
NEVER_OVER = 300

# Path, or path::function → why it may be longer. Complexity and arguments are ruff's, whose exceptions stand in place.
EXCEPTIONS: dict[str, str] = {}


def _oversized(module: Module) -> list[tuple[str, int, int]]:
    """What is longer than it should be: its name, its lines, its limit. Docstrings of functions are not counted."""
    sizes = [(module.where, module.text.count("\n"), FILE_LINES)]
    for function in module.functions:
        body = body_without_docstring(function)
        last = function.end_lineno or function.lineno
        prose = (body[0].lineno - function.body[0].lineno) if body and body != function.body else 0
        sizes.append((f"{module.where}::{function.name}", last - function.lineno + 1 - prose, FUNCTION_LINES))
    return [(name, lines, limit) for name, lines, limit in sizes if lines > limit]


def _all_oversized() -> dict[str, tuple[int, int]]:
    written = modules("src", "tests", "scripts", "migrations", "benchmarks")
    return {name: (lines, limit) for module in written for name, lines, limit in _oversized(module)}


def test_files_and_functions_are_small() -> None:
    found = {name: size for name, size in _all_oversized().items() if name not in EXCEPTIONS}
    assert not [f"{name}: {lines} lines, the habit is {limit}" for name, (lines, limit) in found.items()]


def test_an_exception_is_needed_has_a_reason_and_stays_under_300_lines() -> None:
    oversized = _all_oversized()
    for name, reason in EXCEPTIONS.items():
        assert name in oversized, f"{name} is small enough now: take it off the list"
        assert len(reason) > 20, f"{name}: say why"
        assert oversized[name][0] <= NEVER_OVER, f"{name}: no reason is good enough for {oversized[name][0]} lines"


def test_complexity_and_arguments_are_held_by_ruff() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert lint["mccabe"]["max-complexity"] == 8
    assert lint["pylint"]["max-args"] == 6
    assert {"C90", "PL"} <= set(lint["select"])


def test_a_long_function_is_found_and_a_long_docstring_is_not() -> None:
    steps = "\n".join(f"    x = {n}" for n in range(40))
    prose = "\n".join(f"    line {n}" for n in range(60))
    assert [name for name, *_ in _oversized(sample(f"def f():\n{steps}\n"))] == ["src/tidings/orders/sample.py::f"]
    assert not _oversized(sample(f'def f():\n    """Told.\n\n{prose}\n    """\n    return 1\n'))
