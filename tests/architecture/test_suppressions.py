"""A rule is switched off for one line, by name, and with its reason."""

import re
import tokenize
from io import BytesIO

from tests.architecture.source import Module, modules, sample

# `
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no (?:cover|branch))(?P<rest>.*)", re.IGNORECASE)
REASONED = re.compile(r"^(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z, -]+\])?\s*(?:-|#)\s*\S.{7,}$")


def _bare(module: Module) -> list[str]:
    """Suppressions without a rule, or without a reason beside them or in the comment line above."""
    found, explained = [], -1
    for token in tokenize.tokenize(BytesIO(module.text.encode()).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if (match := SUPPRESSION.search(token.string)) is None:
            explained = line
        elif not _names_its_rule(match) or (explained != line - 1 and not REASONED.match(match["rest"].strip())):
            found.append(f"{module.where}:{line} {token.string}")
    return found


def _names_its_rule(match: re.Match[str]) -> bool:
    return match["rest"].startswith((":", "[")) or match[1].startswith("pragma")


def test_every_suppression_in_the_product_names_its_rule_and_its_reason() -> None:
    assert not [fault for module in modules("src", "scripts", "migrations") for fault in _bare(module)]


def test_the_rule_bites() -> None:
    bad = [
        "# noqa",
        "# noqa: S608",
        "# type: ignore[arg-type]",
        "# type: ignore  # because of it",
        "# pragma: no cover",
    ]
    good = ["# noqa: S608 - names from our own MetaData", "# type: ignore[arg-type]  # the stub forgets None"]
    assert not _bare(sample("# Names come from our own MetaData.\nx = 1  # noqa: S608\n"))
    assert all(_bare(sample(f"x = 1  {comment}\n")) for comment in bad)
    assert not any(_bare(sample(f"x = 1  {comment}\n")) for comment in good)
