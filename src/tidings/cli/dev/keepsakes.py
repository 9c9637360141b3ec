"""What a data folder keeps beside its databases: keys that seal connections and sign the trail, and API keys."""

import os
from collections.abc import Callable
from pathlib import Path

from tidings.kit.vault import new_vault_key
from tidings.records.signing import new_signing_key
from tidings.storefronts.demo import SLUG
from tidings.storefronts.issue_key import make_key


def vault_key(data: Path) -> str:
    """The key that seals this folder's connections; made at the first start."""
    return _kept(data / "vault.key", new_vault_key)


def signing_key(data: Path) -> str:
    """The key that signs this folder's audit trail; made at the first start."""
    return _kept(data / "records.key", new_signing_key)


def demo_key(data: Path, slug: str = SLUG) -> str:
    """A demo storefront's test-mode API key; made at the first start, so that noted commands go on working."""
    return _kept(data / f"{slug}.key", lambda: make_key("test"))


def _kept(path: Path, make: Callable[[], str]) -> str:
    if path.exists() and (kept := path.read_text().strip()):
        return kept
    made = make()
    # Whole or not at all, and for nobody else to read.
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(made + "\n")
    draft.replace(path)
    return made
