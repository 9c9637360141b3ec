"""The image and its composition, as far as they can be read; tests/system/test_image.py runs their commands."""

import re
from io import BytesIO
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from tests.architecture.source import ROOT
from tidings.settings import Settings

INSTRUCTIONS = [
    (step["instruction"], step["value"])
    for step in DockerfileParser(fileobj=BytesIO((ROOT / "Dockerfile").read_bytes())).structure
    if step["instruction"] != "COMMENT"
]
LAST_STAGE = INSTRUCTIONS[max(n for n, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM") :]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "api", "worker")
NAMES = {
    f"TIDINGS_{group}_{field}".upper()
    for group, kind in Settings.model_fields.items()
    for field in getattr(kind.annotation, "model_fields", {})
}
# What follows from how the parts are put together: a role for each process, ports, no pooler, no files.
OF_THE_COMPOSITION = {
    *(name for name in NAMES if name.startswith("TIDINGS_DATABASE_") and name.endswith("_URL")),
    "TIDINGS_DATABASE_POOLER",
    "TIDINGS_API_HOST",
    "TIDINGS_API_PORT",
    "TIDINGS_RECORDS_HEADS_FILE",
    "TIDINGS_DEV_ENABLED",
}


def _values(name: str) -> list[str]:
    return [value for instruction, value in LAST_STAGE if instruction == name]


def test_the_image_is_built_in_stages_from_slim_bases_pinned_by_tag() -> None:
    bases = [value.split()[0] for name, value in INSTRUCTIONS if name == "FROM"]
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", base) for base in bases)


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    (user,) = _values("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user), "a number, so that Kubernetes can see that it is not root"
    assert _values("HEALTHCHECK")
    assert (_values("ENTRYPOINT"), _values("CMD")) == (['["tidings"]'], ['["serve"]'])


def test_the_image_installs_only_what_is_locked_and_hashed() -> None:
    for name, value in INSTRUCTIONS:
        if name == "RUN":
            for command in value.split("&&"):
                if "pip install" in command:
                    assert "--require-hashes" in command or "--no-index" in command, command


def test_what_the_image_is_made_of_is_let_through_and_exists() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines, "everything is ignored, unless it is named"
    let_through = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for name, value in INSTRUCTIONS
        if name == "COPY" and not value.startswith("--from")
        for source in value.split()[:-1]
    }
    assert copied == let_through
    assert all((ROOT / source).exists() for source in copied)


def test_the_composition_has_every_part() -> None:
    assert set(SERVICES) == {"postgres", "valkey", *OURS}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert {name: SERVICES[name]["command"] for name in OURS} == {
        "migrate": ["migrate"],
        "api": ["serve"],
        "worker": ["worker"],
    }


@pytest.mark.parametrize("name", ["postgres", "valkey", "worker"])
def test_each_service_without_the_images_own_check_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_nothing_starts_before_the_migrations_have_ended_well() -> None:
    for name in ("api", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_each_process_connects_as_its_own_role() -> None:
    urls = [
        (name, value)
        for name in OURS
        for key, value in SERVICES[name]["environment"].items()
        if key.startswith("TIDINGS_DATABASE") and key.endswith("_URL")
    ]
    roles = {(name, re.findall(r"//(\w+):", url)[0]) for name, url in urls}
    assert roles == {
        ("migrate", "tidings_owner"),
        ("api", "tidings_app"),
        ("worker", "tidings_worker"),
        ("worker", "tidings_retention"),
    }
    made = (ROOT / "deploy" / "roles.sh").read_text("utf-8")
    assert all(f"CREATE ROLE {role} LOGIN" in made for _, role in roles)


def test_secrets_come_from_the_environment_and_are_asked_for() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for secret in re.findall(r"\w*(?:PASSWORD|KEYS): (.*)", text):
        assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", secret), secret
    assert not [line for line in text.splitlines() if re.search(r"//\w*:[^$\d][^@]*@", line)]


def test_every_setting_in_it_is_a_setting() -> None:
    used = {key for name in OURS for key in SERVICES[name]["environment"]} | set(
        re.findall(r"TIDINGS_API_HOST", (ROOT / "Dockerfile").read_text("utf-8"))
    )
    assert used <= NAMES


@pytest.mark.parametrize("name", ["api", "worker"])
def test_what_is_set_in_the_env_file_reaches_the_processes(name: str) -> None:
    """A guard that stays outside of the container guards nobody."""
    given = SERVICES[name]["environment"].keys()
    assert NAMES - given - {"TIDINGS_WORKER_METRICS_PORT", "TIDINGS_RECORDS_KEYS"} <= OF_THE_COMPOSITION
    assert SERVICES[name]["environment"]["TIDINGS_GUARD_ALLOW"] == "${TIDINGS_GUARD_ALLOW:-}"


def test_no_container_is_reached_from_other_machines() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
