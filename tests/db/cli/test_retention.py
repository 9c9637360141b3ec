"""`tidings retention …`"""

import asyncio
import json

import pytest

from tests.fixtures.command_line import Tidings
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.cli.embedded.postgres import Postgres

MODE = ("--mode", "test", "--json")


async def test_the_terms_are_shown_with_their_reasons(tidings: Tidings, shop: Shop) -> None:
    done = await asyncio.to_thread(tidings, "retention", "show", shop.slug, *MODE)
    terms = {term["kind"]: term for term in json.loads(done.stdout)}
    assert (terms["communications"]["least"], terms["documents"]["months"]) == (12, 96)


async def test_a_round_is_run_by_hand_and_listed(
    tidings: Tidings, mailroom: Mailroom, postgres: Postgres, database: str, settings_environment: pytest.MonkeyPatch
) -> None:
    await mailroom.owed()
    refused = await asyncio.to_thread(tidings, "retention", "run", mailroom.shop.slug, *MODE)
    assert refused.exit_code == 1
    assert "TIDINGS_DATABASE_RETENTION_URL" in refused.stderr
    settings_environment.setenv("TIDINGS_DATABASE_RETENTION_URL", postgres.url("tidings_retention", database))
    done = await asyncio.to_thread(tidings, "retention", "run", mailroom.shop.slug, *MODE)
    (told,) = json.loads(done.stdout)
    assert (told["started_by"], told["outcome"]["orders"]["orders"]) == ("command-line", 0)
    listed = await asyncio.to_thread(tidings, "retention", "rounds", mailroom.shop.slug, *MODE)
    assert json.loads(listed.stdout) == [told]
