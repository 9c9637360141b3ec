"""The drain of one worker process, made from its runtime."""

import os
import socket

from tidings.bootstrap import Runtime
from tidings.delivery.connections import ConnectionReader
from tidings.delivery.drain import Drain
from tidings.delivery.guard import guard_of
from tidings.delivery.options import DrainOptions
from tidings.delivery.render import Renderer
from tidings.delivery.send import Sending
from tidings.delivery.settling import Settling
from tidings.delivery.switchboard import Switchboard

# The registry's guard of senders ends each send a little after the provider's time-out.
_BEYOND_TIMEOUT = 1.25


def make_drain(runtime: Runtime, *, owner: str | None = None) -> Drain:
    """A drain over the runtime's parts."""
    settings, worker = runtime.settings, runtime.settings.worker
    reader = ConnectionReader(runtime.begin, runtime.vault, runtime.clock)
    switchboard = Switchboard(reader, runtime.registry.open, limit=worker.connection_concurrency)
    settling = Settling(runtime.begin, runtime.clock, switchboard.halt)
    sending = Sending(
        settling=settling,
        clock=runtime.clock,
        metrics=runtime.metrics,
        tracing=runtime.tracing,
        public_url=settings.public.url.rstrip("/"),
        timeout_seconds=worker.provider_timeout_seconds * _BEYOND_TIMEOUT,
        enclosures=runtime.enclosures,
    )
    return Drain(
        begin=runtime.begin,
        switchboard=switchboard,
        sending=sending,
        settling=settling,
        render=Renderer(
            runtime.templates,
            runtime.shops,
            editions=runtime.editions,
            links=runtime.links,
            enclosures=runtime.enclosures,
            clock=runtime.clock,
        ),
        guard=guard_of(settings.guard),
        clock=runtime.clock,
        options=DrainOptions(
            owner=owner or f"{socket.gethostname()}:{os.getpid()}",
            concurrency=worker.concurrency,
            claim_batch=worker.claim_batch,
            lease_seconds=worker.lease_seconds,
            sweep_seconds=worker.sweep_seconds,
            grace_seconds=worker.grace_seconds,
        ),
    )
