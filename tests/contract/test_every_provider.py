"""No provider without its conformance cases."""

import ast
from pathlib import Path

from tidings.adapters.registry import PROVIDERS

HERE = Path(__file__).parent


def _put_through() -> dict[tuple[str, str], set[str]]:
    """Channel and provider → the conformance classes that a test class of its inherits."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in HERE.glob("adapters/*/test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                (named,) = [each for each in node.body if isinstance(each, ast.Assign)]
                channel, provider = ast.literal_eval(named.value)
                found.setdefault((channel, provider), set()).update(ast.unparse(base) for base in node.bases)
    return found


def test_every_registered_provider_is_put_through_the_cases():
    put_through = _put_through()
    assert {name for _, name in put_through} == {provider.name for provider in PROVIDERS}
    for provider in PROVIDERS:
        wanted = {
            "SenderConformance": provider.open is not None,
            "CallbackConformance": provider.reader is not None,
            "VerifierConformance": provider.open_verifier is not None,
        }
        # The sandbox does the same on every channel, and a provider may have a file for each.
        tried = set().union(*(cases for (_, name), cases in put_through.items() if name == provider.name))
        assert tried >= {case for case, is_wanted in wanted.items() if is_wanted}, provider.name
