"""`python -m tidings.api.openapi [path]` writes the OpenAPI document; it needs no database."""

import sys
from pathlib import Path
from typing import Final

from tidings.api.app import described_app
from tidings.api.describe import as_text, document

DEFAULT_PATH: Final = Path("openapi/openapi.json")


def write(path: Path = DEFAULT_PATH) -> None:
    """Write the document of the routes as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(document(described_app())), encoding="utf-8")


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
