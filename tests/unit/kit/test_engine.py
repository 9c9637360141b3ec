"""How a process connects."""

import pytest

from tidings.kit.engine import asyncpg_url, create_engine


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_the_driver_is_filled_in(scheme: str) -> None:
    assert asyncpg_url(f"{scheme}://app@db/tidings?host=/run") == "postgresql+asyncpg://app@db/tidings?host=/run"


def test_another_driver_is_left_alone() -> None:
    assert asyncpg_url("sqlite://") == "sqlite://"


def test_an_engine_connects_only_when_asked() -> None:
    engine = create_engine("postgresql://nobody@nowhere.invalid/x", pool_size=3, pooler=True)
    assert engine.pool.size() == 3  # type: ignore[attr-defined]
    assert engine.url.drivername == "postgresql+asyncpg"
