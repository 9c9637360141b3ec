"""`tidings serve`: answers, says when it is not ready, and ends cleanly."""

import socket
from pathlib import Path

import httpx
import pytest

from tests.fixtures.command_line import Tidings
from tests.fixtures.processes import ApiProcess, environment, free_port

pytestmark = pytest.mark.timeout(90)


async def test_it_answers_and_ends_cleanly_when_asked_to(database_url: str, tmp_path: Path):
    api = ApiProcess(environment(database_url, None), tmp_path / "log", free_port())
    try:
        await api.ready()
        async with httpx.AsyncClient(base_url=api.base_url, trust_env=False) as client:
            answer = await client.get("/readyz")
        # There is no Redis: slower, and ready all the same.
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    finally:
        assert api.stop() == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_port_in_use_is_told_in_a_sentence(tidings: Tidings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = tidings("serve", "--port", str(port))
    assert done.exit_code == 1
    assert done.stderr.startswith(f"tidings: port {port} on 127.0.0.1 is in use")


def test_without_a_database_it_says_what_to_set(tidings: Tidings, settings_environment: pytest.MonkeyPatch):
    settings_environment.delenv("TIDINGS_DATABASE_URL")
    done = tidings("serve", "--port", "0")
    assert done.exit_code == 1
    assert "TIDINGS_DATABASE_URL is not set" in done.stderr
