"""The whole stand, opened: provider, shops and models, on stores that run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from benchmarks.stand.processes import ROOT, Process
from benchmarks.stand.product import Product
from benchmarks.stand.provider_desk import ProviderDesk
from benchmarks.stand.seed import Seed, make_bare
from benchmarks.stand.stores import Stores, prepare
from tidings.kit.vault import new_vault_key
from tidings.records.signing import new_signing_key

DATA: Final[Path] = ROOT / "build" / "bench" / "data"


@dataclass(frozen=True, slots=True)
class Stand:
    """What everything is measured on."""

    product: Product
    seed: Seed
    provider: ProviderDesk


@asynccontextmanager
async def opened(stores: Stores, client: httpx.AsyncClient) -> AsyncIterator[Stand]:
    """Clear away what was, start the provider, open the shops: `bench_bare` is there to be copied."""
    await prepare(stores)
    with Process("provider", "-m", "benchmarks.provider") as provider:
        desk = ProviderDesk(int(await provider.says()), client)
        product = Product(stores, new_vault_key(), new_signing_key())
        yield Stand(product, await make_bare(product, desk.port), desk)
