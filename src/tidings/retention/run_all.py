"""A round of retention in every storefront, live and test; one that fails does not hold up the others."""

from datetime import datetime
from typing import Final

import structlog

from tidings.kit.db import Begin, Mode
from tidings.kit.scope import Scope
from tidings.retention.map import Map
from tidings.retention.run import run_retention
from tidings.storefronts.queries import all_storefronts

_MODES: Final[tuple[Mode, ...]] = ("live", "test")
_ACTOR: Final = "system"

log = structlog.get_logger(__name__)


async def run_all(begin: Begin, known: Map, *, now: datetime) -> int:
    """Let each shop and mode have its round; says how many went through."""
    async with begin.across() as tx:
        shops = [row.id for row in await all_storefronts(tx)]
    done = 0
    for scope in (Scope(shop, mode) for shop in shops for mode in _MODES):
        try:
            await run_retention(begin, scope, known, actor=_ACTOR, now=now)
        except Exception as error:
            log.exception(
                "retention.failed", storefront=scope.storefront_id, mode=scope.mode, error=type(error).__name__
            )
        else:
            done += 1
    return done
