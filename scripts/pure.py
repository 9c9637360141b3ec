"""Names the modules that say of themselves that they are pure, and those that must be, for `coverage report --include`.

They need no clock, no network, no database: every line and every branch of them can be tested, and is.
"""

import ast
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_BY_NAME: Final = frozenset({"states.py", "kinds.py", "rules.py"})


def is_pure(path: Path) -> bool:
    """Whether the module's name, or a sentence of its docstring, says so; also the milestones' table and rules."""
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    is_table = path.parent.name == "milestones" and path.name != "routes.py"
    return path.name in _BY_NAME or is_table or "Pure." in said


def main() -> None:
    """Print them, between commas."""
    modules = sorted((ROOT / "src" / "tidings").rglob("*.py"))
    print(",".join(str(path.relative_to(ROOT)) for path in modules if is_pure(path)))


if __name__ == "__main__":
    main()
