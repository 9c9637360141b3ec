"""Pins what pyproject.toml asks for, with hashes and for every platform, into requirements/.

No address of an index is written down: each machine installs from the one it is set up for, and the hashes see to it
that it gets the same files.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Later ones are held to the versions of earlier ones.
LOCKS = {
    "runtime": [],
    "dev": ["--extra", "embedded", "--extra", "s3", "--group", "dev", "-c", "requirements/runtime.txt"],
}
PARTS_OF_DEV = {"installer": ["--group", "installer"], "build": ["--group", "build"]}
COMPILE = [
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--annotation-style", "line", "--custom-compile-command", "make lock",
]  # fmt: skip


def main() -> None:
    """Write all locks; arguments (`--upgrade`, `--upgrade-package NAME`) go to uv."""
    for name, options in LOCKS.items():
        _compile(name, ["pyproject.toml", *options, *sys.argv[1:]])
    for name, options in PARTS_OF_DEV.items():
        _compile(name, [*options, "-c", "requirements/dev.txt"])


def _compile(name: str, arguments: list[str]) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), *COMPILE, *arguments, "--output-file", f"requirements/{name}.txt"]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - fixed words and the developer's own


if __name__ == "__main__":
    main()
