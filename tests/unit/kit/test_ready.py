"""Ready, degraded, or neither."""

import asyncio

import pytest

from tidings.kit import ready
from tidings.kit.ready import Check, examine


def check(name: str, *, holds: bool, is_required: bool = True) -> Check:
    async def answer() -> bool:
        return holds

    return Check(name, answer, is_required)


async def test_all_that_holds_is_ready() -> None:
    assert await examine([check("database", holds=True)]) == ("ready", {"database": True})


async def test_nothing_to_ask_is_ready() -> None:
    assert await examine([]) == ("ready", {})


async def test_what_is_not_required_only_degrades() -> None:
    verdict, answers = await examine([check("database", holds=True), check("redis", holds=False, is_required=False)])
    assert (verdict, answers) == ("degraded", {"database": True, "redis": False})


async def test_what_is_required_stops() -> None:
    verdict, _ = await examine([check("database", holds=False), check("redis", holds=False, is_required=False)])
    assert verdict == "not_ready"


async def test_a_check_that_breaks_does_not_hold() -> None:
    async def breaks() -> bool:
        raise ConnectionRefusedError

    assert await examine([Check("database", breaks)]) == ("not_ready", {"database": False})


async def test_a_check_that_hangs_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs() -> bool:
        await asyncio.sleep(60)
        return True

    monkeypatch.setattr(ready, "_PATIENCE_SECONDS", 0.05)
    assert await examine([Check("database", hangs)]) == ("not_ready", {"database": False})
