"""Writes the parts of the papers that come from code: .env.example, the charts in ARCHITECTURE.md, and docs/sop.md.

A part stands between `<!-- printed: name -->` and `<!-- end -->`.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from scripts import charts
from scripts.env_example import env_example
from scripts.sop_table import sop_table

ROOT = Path(__file__).parent.parent

PARTS: dict[str, Callable[[], str]] = {
    "ladder": charts.ladder,
    "orders": charts.order_machine,
    "shipments": charts.shipment_machine,
    "issues": charts.issue_words,
    "changes": charts.change_machine,
    "refunds": charts.refund_machine,
    "erasures": charts.erasure_machine,
    "templates": charts.template_machine,
    "reviews": charts.review_machine,
    "messages": charts.message_words,
    "milestones": charts.milestones,
}
_PRINTED = re.compile(r"(<!-- printed: (\w+) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def printed(text: str) -> str:
    """The text with its printed parts as the code says they are now."""
    return _PRINTED.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n{match[3]}", text)


def papers() -> dict[Path, str]:
    """Every paper with something from code in it, as it should be."""
    architecture = ROOT / "ARCHITECTURE.md"
    return {
        ROOT / ".env.example": env_example(),
        architecture: printed(architecture.read_text("utf-8")),
        ROOT / "docs" / "sop.md": sop_table(),
    }


def main() -> None:
    """Write what differs, and say which."""
    for path, text in papers().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
