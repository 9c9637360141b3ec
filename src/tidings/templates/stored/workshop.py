"""Has wording that is not known to be sound looked over and rendered in the workshop, a process of its own."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import structlog

from tidings.templates.checks.examine import Report, Version
from tidings.templates.checks.faults import Flaw
from tidings.templates.editions import Layout
from tidings.templates.errors import Unrenderable
from tidings.templates.messages import Rendered, RenderRequest

log = structlog.get_logger(__name__)

# By the wall; the workshop itself counts processor time.
SECONDS: Final = 30
_MOST_BYTES: Final = 16 << 20
# What a child is told of this process's environment: no address, no secret.
_TOLD: Final = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE")
_COVERAGE: Final = "COVERAGE_"
_TOO_MUCH: Final = "takes too much time or memory"


class Workshop:
    """One workshop, started when it is first needed; one job after the other."""

    def __init__(self, *, seconds: float = SECONDS, module: str = "tidings.templates.workshop") -> None:
        self._seconds = seconds
        self._module = module
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def examine(self, version: Version) -> Report:
        """What is wrong with a version; if nothing is, its layout made ready."""
        answer = await self._answer({"examine": asdict(version)})
        if answer is None:
            return Report([Flaw("", _TOO_MUCH)], [])
        flaws = {kind: [Flaw(*each) for each in answer.get(kind, ())] for kind in ("faults", "warnings")}
        layout = answer.get("layout")
        return Report(**flaws, layout=None if layout is None else Layout.of(layout))

    async def render(self, request: RenderRequest, version: Version | None) -> Rendered:
        """One message in words, which need not be sound.

        Raises:
            Unrenderable: it cannot be made.
        """
        told = None if version is None else asdict(version)
        answer = await self._answer({"render": asdict(request), "version": told})
        if answer is None:
            raise Unrenderable(_TOO_MUCH, request.milestone)
        if "unrenderable" in answer:
            raise Unrenderable(**answer["unrenderable"])
        return Rendered(**answer["rendered"])

    async def close(self) -> None:
        """End the workshop."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _answer(self, job: Mapping[str, Any]) -> dict[str, Any] | None:
        """None when the job was too much for it: it has ended, and the next job gets a new one."""
        line = json.dumps(job).encode() + b"\n"
        async with self._turn:
            # One that waited for work too long may just have gone home.
            for _ in ("as it is", "a new one"):
                try:
                    async with asyncio.timeout(self._seconds):
                        answer = await _asked(await self._open(), line)
                except (TimeoutError, ValueError):
                    log.warning("workshop.overtaxed")
                    await self.close()
                    return None
                except BaseException:
                    # What it would still say is the answer to somebody else's question.
                    await self.close()
                    raise
                if answer:
                    found: dict[str, Any] = json.loads(answer)
                    return found
                log.warning("workshop.ended")
                await self.close()
            return None

    async def _open(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            await self.close()
            environment = {n: v for n, v in os.environ.items() if n in _TOLD or n.startswith(_COVERAGE)}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, stdin=PIPE, stdout=PIPE, env=environment, limit=_MOST_BYTES
            )
        return self._process


async def _asked(process: Process, line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    try:
        process.stdin.write(line)
        await process.stdin.drain()
        return await process.stdout.readline()
    except (BrokenPipeError, ConnectionResetError):
        return b""
