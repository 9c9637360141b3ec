"""The ten longest files and functions, so that somebody can be thanked for making them shorter."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Print both lists."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")}
    files = [(text.count("\n"), name) for name, text in texts.items()]
    functions = [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{name}:{node.lineno} {node.name}")
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for title, sizes in (("files", files), ("functions", functions)):
        print(f"longest {title}:")
        print("\n".join(f"{lines:6} {name}" for lines, name in sorted(sizes, reverse=True)[:10]))


if __name__ == "__main__":
    main()
