"""The press: a pool of processes that only print, so that nobody who sends or answers waits for a page."""

import asyncio
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from multiprocessing import get_context

from tidings.adapters.pdf.typesetting import begin_work, typeset
from tidings.documents.ports import Sheet


class ProcessPress:
    """Prints in processes of its own, which are started with the first document, and anew when one dies."""

    def __init__(self, processes: int) -> None:
        """Start nothing yet.

        Args:
            processes: how many documents are printed at once.
        """
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    async def print(self, sheet: Sheet) -> bytes:
        """The document's file; one that was lost with its process is printed once more.

        Raises:
            Unprintable: it cannot be made, and could not be later.
            BrokenProcessPool: a process died over it again.
        """
        try:
            return await self._printed(sheet)
        except BrokenProcessPool:
            return await self._printed(sheet)

    async def _printed(self, sheet: Sheet) -> bytes:
        pool = self._started()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, typeset, sheet)
        except BrokenProcessPool:
            # All that were being printed have lost their process: the first starts another pool, the others use it.
            if self._pool is pool:
                self._pool = None
            raise

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not forked: the parent has threads and connections that a child must not inherit.
            self._pool = ProcessPoolExecutor(self._processes, mp_context=get_context("spawn"), initializer=begin_work)
        return self._pool

    def close(self) -> None:
        """Let the processes go; what waits is not printed any more."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
