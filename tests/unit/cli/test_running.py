"""How commands run, and what whoever gave them is told when they cannot."""

import asyncio
import gc
import os
import signal
import subprocess
import sys

import asyncpg
import pytest
import typer
from redis.exceptions import ConnectionError as RedisGone
from sqlalchemy.exc import OperationalError

from tidings.bootstrap import NotConfigured
from tidings.cli.embedded.errors import CannotStart
from tidings.cli.listening import PortInUse
from tidings.cli.running import (
    Refused,
    explained,
    keep_what_is_loaded,
    load_settings,
    run,
    run_until_stopped,
    sentence_on,
    variable_of,
)
from tidings.kit.problem import Fault, InvalidInput, NotFound


class Driver(Exception):
    """What a driver raises."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CannotStart("no room"), "no room"),
        (NotConfigured("set it"), "set it"),
        (Refused("no such thing"), "no such thing"),
        (PortInUse("127.0.0.1", 80, "--port"), "port 80 on 127.0.0.1 is in use: stop what listens there"),
        (NotFound(), "There is no such resource for this key."),
        (InvalidInput(faults=[Fault("/a", "is b"), Fault("/c", "is d")]), "\n  /a: is b\n  /c: is d"),
        (
            ConnectionRefusedError("connection refused"),
            "the stores do not do what is asked of them: connection refused",
        ),
        (asyncpg.PostgresError("is going down"), "is going down"),
        (OperationalError("SELECT 1", {"secret": "hunter2"}, Driver("is away\nand more")), ": is away"),
        (RedisGone("is away"), ": is away"),
    ],
)
def test_what_can_be_expected_is_said_in_a_sentence(error: Exception, said: str):
    sentence = sentence_on(error)
    assert sentence is not None
    assert said in sentence
    assert "hunter2" not in sentence


def test_what_nobody_expected_is_not_explained_away():
    assert sentence_on(KeyError("bug")) is None
    with pytest.raises(KeyError), explained():
        raise KeyError("bug")


def test_a_trouble_inside_task_groups_is_told_without_them(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(typer.Exit) as ended, explained():
        raise ExceptionGroup("outer", [ExceptionGroup("inner", [Refused("no such thing")])])
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "tidings: no such thing\n"


def test_work_is_run_to_its_end():
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert run(work) == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_to_stop_and_the_work_ends_in_its_own_way(number: signal.Signals):
    async def work(stop: asyncio.Event) -> str:
        os.kill(os.getpid(), number)
        await stop.wait()
        return "tidied up"

    # Whoever runs the tests may have switched it off.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        assert run_until_stopped(work) == "tidied up"
    finally:
        signal.signal(number, before)


def test_what_nohup_has_switched_off_stays_so():
    async def work(stop: asyncio.Event) -> bool:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.05)
        return stop.is_set()

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run_until_stopped(work) is False
    finally:
        signal.signal(signal.SIGHUP, before)


STUCK = """
import asyncio, os, signal
from tidings.cli.running import run_until_stopped

async def stuck(stop):
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
    await asyncio.sleep(60)

run_until_stopped(stuck)
"""


def test_a_second_signal_does_not_wait():
    assert subprocess.run([sys.executable, "-c", STUCK], check=False).returncode == 130


def test_every_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDINGS_API_PORT", "many")
    monkeypatch.setenv("TIDINGS_WORKER_LEASE_SECONDS", "1")
    with pytest.raises(Refused) as refused:
        load_settings()
    text = str(refused.value)
    assert "  TIDINGS_API_PORT: " in text
    assert "  TIDINGS_WORKER: worker.provider_timeout_seconds must leave a margin" in text


def test_a_location_is_the_environments_name():
    assert variable_of(("api", "port")) == "TIDINGS_API_PORT"
    assert variable_of(("secrets", "keys", 0)) == "TIDINGS_SECRETS_KEYS"


def test_what_is_loaded_is_taken_out_of_the_collectors_rounds() -> None:
    before = gc.get_freeze_count()
    loaded = [[number] for number in range(1000)]
    keep_what_is_loaded()
    assert gc.get_freeze_count() - before >= len(loaded)
