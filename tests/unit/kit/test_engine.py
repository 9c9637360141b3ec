"""How a process connects."""

import pytest
from sqlalchemy import event

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


@pytest.mark.parametrize(("pooler", "by_index", "told"), [(False, True, "off"), (False, False, None), (True, True, None)])
def test_kept_plans_go_by_index_and_a_pooler_is_told_nothing(pooler: bool, by_index: bool, told: str | None) -> None:
    engine = create_engine("postgresql://nobody@nowhere.invalid/x", pool_size=1, pooler=pooler, by_index=by_index)
    seen: dict[str, str] = {}
    event.listen(engine.sync_engine, "do_connect", lambda _d, _r, _a, given: seen.update(given["server_settings"]))
    with pytest.raises(Exception, match=r".*"):
        engine.sync_engine.connect()
    assert seen.get("enable_seqscan") == told
