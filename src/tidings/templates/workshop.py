"""Where wording that is not known to be sound is compiled and rendered: a process of its own, with little to spend.

    python -m tidings.templates.workshop

One JSON document a line comes in, one goes out. It has no database, no network to talk to and no secrets in its
environment (stored/workshop.py starts it so); what takes too much time or memory ends it, and nothing else.
"""

import json
import resource
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from tidings.templates.checks.examine import Version, edition_of, examine, report_json
from tidings.templates.errors import Unrenderable
from tidings.templates.messages import RenderRequest
from tidings.templates.render import Templates
from tidings.templates.shop import Brand, Contact, Legal, Shop

# Processor time for one job, memory for all of them, and how long to wait for the next one.
SECONDS: Final = 10
MEMORY_BYTES: Final = 1 << 30
IDLE_SECONDS: Final = 300

_TOO_MUCH: Final = "takes too much memory, or is nested too deeply"


def main() -> None:
    """Do what is asked, until nobody asks any more."""
    with suppress(ValueError, OSError):
        # Not every system can tell.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    templates = Templates.load()
    while True:
        signal.alarm(IDLE_SECONDS)
        line = sys.stdin.buffer.readline()
        if not line:
            return
        signal.alarm(0)
        _allow(SECONDS)
        sys.stdout.write(json.dumps(done(templates, json.loads(line))) + "\n")
        sys.stdout.flush()


def done(templates: Templates, job: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one job.

    Args:
        templates: the built-in wording.
        job: `{"examine": version}`, or `{"render": request, "version": version or null}`.
    """
    try:
        if "examine" in job:
            return report_json(examine(templates, Version(**job["examine"])))
        edition = None if job["version"] is None else edition_of(templates, Version(**job["version"]))
        return {"rendered": asdict(templates.render(_request(job["render"]), edition))}
    except Unrenderable as refusal:
        return {"unrenderable": {"reason": refusal.reason, "where": refusal.where}}
    except (MemoryError, RecursionError):
        return {"faults": [["", _TOO_MUCH]], "unrenderable": {"reason": _TOO_MUCH, "where": ""}}


def _allow(seconds: int) -> None:
    """So much processor time from now on; whoever takes more is ended by the system."""
    used = int(time.process_time()) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _request(given: Mapping[str, Any]) -> RenderRequest:
    shop = dict(given["shop"])
    shop |= {"brand": Brand(**shop["brand"]), "contact": Contact(**shop["contact"]), "legal": Legal(**shop["legal"])}
    return RenderRequest(**{**given, "shop": Shop(**shop)})


if __name__ == "__main__":
    main()
