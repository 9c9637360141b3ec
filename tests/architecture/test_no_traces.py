"""Nothing in the repository tells of the machine that it was written on, or of anybody's package index."""

import re
import subprocess

from tests.architecture.source import ROOT

TRACES = {
    "a path of one machine": r"(?<![\w.])/(?:work|farm|root|home|Users|opt/pypi[\w-]*|opt/wheels)/",
    "the address of a package index": r"index-url[ =]|find-links[ =]|/simple/?[\"'\s]|pypi[.]org",
    "a Windows path": r"\b[A-Z]:\\Users",
}
# Words that look like a trace and are none: path → why.
EXCEPTIONS: dict[str, str] = {
    "tests/architecture/test_no_traces.py": "says what is looked for",
}


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def _traces(text: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{number}: {what}" for what, pattern in TRACES.items() if re.search(pattern, line)]
    return found


def test_nothing_tracked_tells_of_a_machine_or_an_index() -> None:
    faults = []
    for name in _tracked():
        data = (ROOT / name).read_bytes()
        if name not in EXCEPTIONS and b"\0" not in data:
            faults += [f"{name}:{trace}" for trace in _traces(data.decode("utf-8"))]
    assert not faults


def test_no_secret_looking_file_is_tracked() -> None:
    assert not [name for name in _tracked() if re.search(r"(^|/)\.env$|\.pem$|\.key$|id_rsa|credentials", name)]


def test_nothing_tracked_is_large() -> None:
    # The API's document is printed, and grows with the API.
    printed = {"openapi/openapi.json": 2_000_000}
    assert not [name for name in _tracked() if (ROOT / name).stat().st_size > printed.get(name, 1_000_000)]


def test_the_rule_bites() -> None:
    assert _traces("open('/" + "work/main/x')")
    assert _traces("pip install --index" + "-url https://x/")
    assert _traces("[global]\nindex" + "-url = https://x/")
    assert not _traces("GET /v1/orders, /healthz, src/tidings/work/claim.py, framework/")
