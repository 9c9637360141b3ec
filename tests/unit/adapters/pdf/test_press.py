"""The press prints in processes of its own, and begins anew when one dies."""

import asyncio
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.unit.adapters.pdf.test_typesetting import sheet
from tidings.adapters.pdf.press import ProcessPress
from tidings.adapters.pdf.typesetting import typeset
from tidings.documents.ports import Sheet, Unprintable


@pytest.fixture
def press():
    made = ProcessPress(1)
    yield made
    made.close()


def pids(press: ProcessPress) -> list[int]:
    assert press._pool is not None
    return list(press._pool._processes)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.timeout(60)
async def test_a_document_is_printed_elsewhere_and_the_loop_goes_on(press: ProcessPress) -> None:
    lags = []

    async def look() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - began)

    looking = asyncio.get_running_loop().create_task(look())
    printed = await press.print(sheet("invoice"))
    looking.cancel()
    assert printed == typeset(sheet("invoice"))
    assert os.getpid() not in pids(press)
    assert lags, "others had their turns meanwhile"


@pytest.mark.timeout(60)
async def test_a_process_that_dies_is_replaced(press: ProcessPress) -> None:
    await press.print(sheet("invoice"))
    (first,) = pids(press)
    os.kill(first, signal.SIGKILL)
    assert (await press.print(sheet("invoice"))).startswith(b"%PDF-")
    assert pids(press) != [first]


class Counting(ProcessPress):
    """Keeps the pools that it has started."""

    def __init__(self, processes: int) -> None:
        super().__init__(processes)
        self.started: list[ProcessPoolExecutor] = []

    def _started(self) -> ProcessPoolExecutor:
        pool = super()._started()
        self.started += [pool] if pool not in self.started else []
        return pool


@pytest.mark.timeout(60)
async def test_all_that_lost_their_process_share_the_next_one() -> None:
    """A machine that has run out of memory is not asked for more of it by each of them."""
    press = Counting(1)
    await press.print(sheet("invoice"))
    (first,) = pids(press)
    os.kill(first, signal.SIGKILL)
    printed = await asyncio.gather(*(press.print(sheet("invoice")) for _ in range(4)))
    assert [one[:5] for one in printed] == [b"%PDF-"] * 4
    assert len(press.started) == 2
    for pool in press.started:
        pool.shutdown(wait=False)


@pytest.mark.timeout(60)
async def test_a_refusal_comes_back_as_what_it_is(press: ProcessPress) -> None:
    with pytest.raises(Unprintable, match="schema"):
        await press.print(Sheet("invoice", {}, 0, b"<a/>"))


@pytest.mark.timeout(60)
async def test_its_processes_go_when_it_is_closed(press: ProcessPress) -> None:
    await press.print(sheet("invoice"))
    (one,) = pids(press)
    press.close()
    async with asyncio.timeout(20):
        while not is_gone(one):
            await asyncio.sleep(0.05)
