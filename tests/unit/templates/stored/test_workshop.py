"""The workshop as it is used: what is too much for it ends it, and nobody else waits."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fixtures.templates import CATALOGUE, WORDING, built_in_layout
from tidings.templates import samples
from tidings.templates.checks.examine import Version
from tidings.templates.errors import Unrenderable
from tidings.templates.stored.workshop import Workshop

SOUND = Version("order_confirmation", 101, WORDING, built_in_layout())
CONFIRMATION = CATALOGUE.milestones["order_confirmation"]
# Reads a line, and then does what is written here.
CHILD = "import sys, time\nfor line in sys.stdin:\n    "


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    made = Workshop()
    yield made
    await made.close()


async def test_it_examines_and_renders_and_keeps_its_process(workshop: Workshop):
    report = await workshop.examine(SOUND)
    assert (report.faults, report.layout is not None) == ([], True)
    process = workshop._process
    rendered = await workshop.render(samples.request("order_confirmation", "email", "de"), SOUND)
    assert (rendered.version, rendered.subject) == (101, "Hooray, order #W-10045")
    built_in = await workshop.render(samples.request("order_confirmation", "sms", "de"), None)
    assert built_in.version == CONFIRMATION.version
    with pytest.raises(Unrenderable, match="names nobody"):
        await workshop.render(
            samples.request("order_confirmation", "sms", "de"),
            Version("order_confirmation", 101, {"de": {"sms": {"text": "{{ nobody }}"}}}),
        )
    assert workshop._process is process


async def test_it_is_told_nothing_of_where_the_secrets_are(monkeypatch: pytest.MonkeyPatch, workshop: Workshop):
    monkeypatch.setenv("TIDINGS_SECRETS_KEYS", "very secret")
    process = await workshop._open()
    told = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"TIDINGS" not in told
    assert b"PATH=" in told


@pytest.mark.parametrize("does", ["time.sleep(60)", "print('x' * (17 << 20), flush=True)"])
async def test_what_takes_too_long_or_says_too_much_is_ended(tmp_path: Path, monkeypatch, does: str):
    (tmp_path / "stuck.py").write_text(CHILD + does)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    workshop = Workshop(seconds=2, module="stuck")
    report = await workshop.examine(SOUND)
    assert [flaw.detail for flaw in report.faults] == ["takes too much time or memory"]
    assert workshop._process is None


async def test_a_workshop_that_died_is_replaced_once(tmp_path: Path, monkeypatch):
    (tmp_path / "dies.py").write_text(CHILD + "sys.exit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    workshop = Workshop(module="dies")
    with pytest.raises(Unrenderable, match="too much"):
        await workshop.render(samples.request("order_confirmation", "sms", "de"), SOUND)
    workshop._module = "tidings.templates.workshop"
    assert (await workshop.examine(SOUND)).faults == []
    await workshop.close()


async def test_whoever_gives_up_leaves_no_answer_behind_for_the_next(workshop: Workshop):
    task = asyncio.get_running_loop().create_task(workshop.examine(SOUND))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    rendered = await workshop.render(samples.request("order_confirmation", "sms", "de"), None)
    assert rendered.version == CONFIRMATION.version


async def test_a_hostile_layout_ends_at_most_its_own_examination(workshop: Workshop):
    """Thousands of elements inside each other: whatever the parser makes of them, the next one is served."""
    deep = "<mj-section>" * 20_000
    await workshop.examine(Version("order_confirmation", 101, {}, {"mjml": f"<mjml><mj-body>{deep}", "text": "x"}))
    assert (await workshop.examine(SOUND)).faults == []
