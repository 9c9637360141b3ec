"""Tests mirror the source: whoever opens a file knows where its tests are."""

import ast
from pathlib import PurePosixPath

from tests.architecture.source import PACKAGE, ROOT, Function, Module, body_without_docstring, modules, sample

# Tiers that mirror the package's folders. The others (journeys, faults …) tell stories across them.
MIRRORS = ("unit", "db", "contract", "api")
# Columns, words and shapes: nothing runs in them that could be wrong alone.
DECLARATIONS = {"tables", "__init__", "__main__"}

# Folders of the mirrored tiers that look across all slices.
ACROSS = {"tests/db/plans"}

# Path below src/tidings → which tests hold it, and why they do not stand beside it.
_STAGE = "a stage of the drain, whose tests put all of them to work together: tests/db/delivery/test_drain.py"
_PROCESS = (
    "what a worker process is made of: tests/journeys/test_proven_delivery.py tests/faults/test_killed_workers.py"
)
_ROOT = "the composition root: tests/fixtures/api.py opens it for every test of the API"
_DECISION = "a step of deciding: tests/db/changes/test_request.py tests/db/changes/test_decide.py"
_VERIFYING = "a part of verifying: tests/db/records/test_verify.py"
_ERASURE = "a step of erasing: tests/db/retention/test_erase.py tests/journeys/test_privacy.py"
_EXPORT = "a step of exporting: tests/api/retention/test_export_routes.py tests/journeys/test_privacy.py"
_HOLD = "a step of holding: tests/db/retention/test_held.py tests/api/retention/test_hold_routes.py"
_ROUND = "a step of a round: tests/db/retention/test_run.py tests/db/plans/test_privacy_plans.py"
EXCEPTIONS: dict[str, str] = {
    "changes/approve.py": _DECISION,
    "changes/outcome.py": _DECISION,
    "bootstrap/desks.py": _ROOT,
    "bootstrap/loops.py": _ROOT,
    "bootstrap/measure.py": _ROOT,
    "delivery/enclosures.py": "a port and its refusals: tests/db/documents/test_enclose.py",
    "documents/cii.py": "parts of the invoice for machines: tests/unit/documents/test_e_invoice.py",
    "documents/desk.py": "what routes work with: tests/api/documents/test_documents.py",
    "documents/ports.py": "ports and their refusals: tests/db/documents/test_make.py",
    "documents/serve.py": "the answer of a route: tests/api/documents/test_documents.py",
    "documents/settlement.py": "parts of the invoice for machines: tests/unit/documents/test_e_invoice.py",
    "delivery/claim.py": "one statement with outbox/claim.py: tests/db/outbox/test_claim.py",
    "delivery/connections.py": _PROCESS,
    "delivery/prepare.py": _STAGE,
    "delivery/send.py": _STAGE,
    "delivery/settle.py": _STAGE,
    "delivery/start.py": _STAGE,
    "records/checking.py": _VERIFYING,
    "records/head_queries.py": _VERIFYING,
    "records/introduce.py": "a part of sealing: tests/db/records/test_seal.py",
    "records/judge_heads.py": _VERIFYING,
    "records/leftovers.py": _VERIFYING,
    "retention/erase_orders.py": _ERASURE,
    "retention/expire.py": _EXPORT,
    "retention/fetch.py": _EXPORT,
    "retention/kept.py": _ERASURE,
    "retention/papers.py": _EXPORT,
    "retention/person.py": _HOLD,
    "retention/place.py": _HOLD,
    "retention/prune_kind.py": _ROUND,
    "retention/queries.py": _EXPORT,
    "retention/release.py": _HOLD,
    "retention/request_erasure.py": _ERASURE,
    "retention/request_export.py": _EXPORT,
    "retention/run_all.py": _ROUND,
    "retention/settle_kept.py": _ERASURE,
    "worker/attendance.py": _PROCESS,
    "worker/drain.py": _PROCESS,
    "worker/jobs.py": _PROCESS,
    "worker/run.py": _PROCESS,
}


def _has_logic(module: Module) -> bool:
    return module.path.stem not in DECLARATIONS and any(_does_something(function) for function in module.functions)


def _does_something(function: Function) -> bool:
    """More than a docstring and an ellipsis, as in a protocol."""
    return any(not _is_ellipsis(statement) for statement in body_without_docstring(function))


def _is_ellipsis(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and statement.value.value is ...
    )


def _tests_of(path: PurePosixPath) -> list[str]:
    """Test modules named after a source module: test_place.py, or test_place_<more>.py, in the mirrored folder.

    Routes are tested by what they serve: anything in the slice's folder below tests/api. A provider's parts
    (twilio_search.py beside twilio.py) are tested through the provider.
    """
    is_routes = path.stem.endswith("routes")
    stems = {"*"} if is_routes else {path.stem, *_whole(path)}
    places = [ROOT / "tests" / tier / path.parent for tier in (("api",) if is_routes else MIRRORS)]
    return [
        test.relative_to(ROOT).as_posix()
        for place in places
        for stem in stems
        for pattern in (f"test_{stem}.py", f"test_{stem}_*.py")
        for test in place.glob(pattern)
    ]


def _whole(path: PurePosixPath) -> set[str]:
    whole, _, part = path.stem.partition("_")
    return (
        {whole} if part and path.parts[0] == "adapters" and (PACKAGE / path.parent / f"{whole}.py").exists() else set()
    )


def _sources() -> dict[str, PurePosixPath]:
    paths = [PurePosixPath(m.path.relative_to(PACKAGE).as_posix()) for m in modules() if _has_logic(m)]
    return {path.as_posix(): path for path in paths}


def test_every_module_with_logic_has_its_test_module() -> None:
    assert not [name for name, path in _sources().items() if name not in EXCEPTIONS and not _tests_of(path)]


def test_an_exception_is_needed_and_names_the_tests_that_hold_it() -> None:
    sources = _sources()
    for name, reason in EXCEPTIONS.items():
        assert name in sources, f"{name} is gone, or has no logic: take it off the list"
        assert not _tests_of(sources[name]), f"{name} has its tests now: take it off the list"
        tests = [word.rstrip(".,;:") for word in reason.split() if word.startswith("tests/")]
        assert tests, f"{name}: say which tests hold it"
        assert all((ROOT / test).exists() for test in tests), f"{name}: {tests}"


def test_a_mirrored_test_module_has_a_source() -> None:
    orphans = []
    for module in modules(*(f"tests/{tier}" for tier in ("unit", "db") if (ROOT / "tests" / tier).exists())):
        if module.path.name.startswith("test_") and module.where.rpartition("/")[0] not in ACROSS:
            folder = PACKAGE.joinpath(*module.path.relative_to(ROOT / "tests").parts[1:-1])
            stems = {path.stem.lstrip("_") for path in folder.glob("*.py")} | {path.name for path in folder.glob("*/")}
            name = module.path.stem.removeprefix("test_")
            if not any(name == stem or name.startswith(f"{stem}_") for stem in stems):
                orphans.append(module.where)
    assert not orphans


def test_a_protocol_has_no_logic_and_a_function_has() -> None:
    assert not _has_logic(
        sample('class Port(Protocol):\n    async def send(self) -> int:\n        """Send."""\n        ...\n')
    )
    assert _has_logic(sample("def double(n):\n    return n * 2\n"))
