"""What the figures were measured on."""

import os
import platform
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil

from tidings.kit.clock import SystemClock

_PACKAGES: Final = (
    "tidings", "fastapi", "pydantic", "sqlalchemy", "asyncpg", "uvicorn", "uvloop", "httptools", "arq", "pgqueuer",
    "httpx", "pyreqwest", "twilio",
)  # fmt: skip
_SYNCS: Final = 50


def described(folder: Path, *, postgres: str, valkey: str) -> dict[str, Any]:
    """The machine and what runs on it.

    Args:
        folder: where the stores keep their data.
        postgres: its version.
        valkey: its version.
    """
    return {
        "at": SystemClock().now().isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mib": round(psutil.virtual_memory().total / 2**20),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgres": postgres,
        "valkey": valkey,
        "fsync_ms": round(_fsync_ms(folder), 3),
        "load_before": round(os.getloadavg()[0], 2),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fsync_ms(folder: Path) -> float:
    """How long it takes until 8 KiB are safe: what every commit waits for."""
    with tempfile.TemporaryFile(dir=folder) as file:
        began = time.perf_counter()
        for _ in range(_SYNCS):
            file.seek(0)
            file.write(bytes(8192))
            file.flush()
            os.fdatasync(file.fileno())
        return (time.perf_counter() - began) / _SYNCS * 1000
