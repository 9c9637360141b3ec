"""The API is killed in the middle of placing orders together: who was answered has everything, nobody has a part."""

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.load import Load, assert_whole
from tests.fixtures.nursery import NurseryApi, all_stopped
from tests.fixtures.processes import environment, free_port
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("TIDINGS_TEST_KILLS", "50"))
SEED = int(os.environ.get("TIDINGS_TEST_SEED", "20261123"))
# Placed between two kills, at least: so that each falls into the thick of it.
BETWEEN = 25


async def kill_in_turn(apis: list[NurseryApi], load: Load) -> None:
    """Two serve; one of them is killed and replaced as soon as the other is ready and both are busy."""
    dice = random.Random(SEED)
    for kill in range(KILLS):
        await asyncio.gather(*(api.ready() for api in apis))
        before = len(load.placed)
        while len(load.placed) < before + BETWEEN:
            await asyncio.sleep(0.005)
        await asyncio.sleep(dice.uniform(0, 0.05))
        apis[kill % 2].kill()
        apis[kill % 2].start()


async def test_a_killed_api_has_answered_nothing_that_is_not_there_and_leaves_nothing_half_done(
    begin: Begin, shop: Shop, worker_database_url: str, tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    env = environment(worker_database_url, None)
    log = tmp_path / "api.log"
    apis = [NurseryApi(env, log, free_port()) for _ in range(2)]
    load = Load([api.base_url for api in apis], shop.live_key, clients=16, batching=2, pause_seconds=0)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            await kill_in_turn(apis, load)
            # One that is too young does not catch the signal.
            await asyncio.gather(*(api.ready() for api in apis))
            load.stop = True
        assert all_stopped(apis) == [0, 0], log.read_text()[-3000:]
    finally:
        for api in apis:
            api.kill()
    assert load.unexpected == []
    stored = await assert_whole(begin, load.placed)
    record_property("orders", stored)
    record_property("replayed", load.replayed)
    assert load.broken > 0, "no kill caught a request: the test shows nothing"
    assert load.replayed > 0, "no kill fell between a commit and its answer: the test shows less than it should"
