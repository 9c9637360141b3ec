"""`python -m benchmarks.load`: reads what is asked from standard input as JSON, writes what was answered."""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load.requests import Numbered, batches, callbacks, orders
from benchmarks.load.run import Load


def main() -> None:
    """One load."""
    asked = json.load(sys.stdin)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(_loaded(asked)), sys.stdout)


async def _loaded(asked: dict[str, Any]) -> dict[str, Any]:
    requests = _requests(asked)
    load = Load(islice(requests, asked["limit"]) if asked.get("limit") else requests)
    await load.connect("127.0.0.1", asked["port"], asked["connections"])
    gc.collect()
    gc.freeze()
    seconds, warm_up = asked["seconds"], asked["warm_up"]
    rate = asked.get("rate")
    tally = await (load.open(seconds, warm_up, rate) if rate else load.closed(seconds, warm_up))
    return tally.as_json(with_moments=bool(asked.get("moments")))


def _requests(asked: dict[str, Any]) -> Iterator[Numbered]:
    host = f"127.0.0.1:{asked['port']}"
    match asked["kind"]:
        case "orders":
            return orders(host, asked["key"], asked["first"])
        case "batches":
            return batches(host, asked["key"], asked["first"], asked["size"])
        case "callbacks":
            return callbacks(host, Path(asked["file"]))
    message = f"no such load: {asked['kind']}"
    raise ValueError(message)


if __name__ == "__main__":
    main()
