"""The end of a demonstration: all that was done is on the record, sealed, and nothing of it was touched."""

import asyncio
from collections.abc import Sequence
from typing import Final

import typer

from tidings.bootstrap import Runtime
from tidings.cli.asking import scope_of
from tidings.records.findings import Verification
from tidings.records.verify import verify_records

# Sealing lags by seconds, and the last records were written just now.
_PATIENCE: Final = 30.0
_PAUSE: Final = 0.5


async def trails_hold(opened: Runtime, slugs: Sequence[str], *, patience: float = _PATIENCE) -> bool:
    """Verify the trails of these storefronts once everything is sealed, and tell what came out."""
    return all([await _holds(opened, slug, patience) for slug in slugs])


async def _holds(opened: Runtime, slug: str, patience: float) -> bool:
    found = await _sealed(opened, slug, patience)
    if not found.is_whole or found.unsealed:
        faults = ", ".join(f"{kind}: {count}" for kind, count in found.counts.items())
        typer.echo(f"The audit trail of {slug} does not hold: {faults or f'{found.unsealed} records are not sealed'}.")
        return False
    heads = found.head.head.sequence if found.head is not None else 0
    typer.echo(f"The audit trail of {slug} is whole: {found.size} records under {heads} signed heads.")
    return True


async def _sealed(opened: Runtime, slug: str, patience: float) -> Verification:
    scope = await scope_of(opened, slug, "test")
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        found = await verify_records(opened.begin, scope, now=opened.clock.now())
        if (found.size and not found.unsealed) or not found.is_whole or loop.time() > until:
            return found
        await asyncio.sleep(_PAUSE)
