"""The way back to an earlier version, and out of force, over HTTP."""

import httpx

from tests.fixtures.steps import did
from tests.fixtures.templates import (
    ANNA,
    CLARA,
    SMS,
    drafted,
    kind_of,
    published,
    records_of,
    step,
)


async def test_a_newer_version_takes_the_place_of_the_one_before_and_can_be_rolled_back(
    api: httpx.AsyncClient,
) -> None:
    first = await published(api)
    second = await published(api, {"de": {"sms": SMS}})
    assert (await did(await api.get(f"/v1/templates/{first['id']}")))["status"] == "retired"
    back = await did(await step(api, first, "rollback", CLARA))
    assert (back["status"], back["version"], back["based_on"]) == ("published", 103, first["id"])
    assert (back["sha256"], back["wording"]) == (first["sha256"], first["wording"])
    assert (await did(await api.get(f"/v1/templates/{second['id']}")))["status"] == "retired"
    kinds = [record["kind"] for record in await records_of(api, back)]
    assert kinds == ["template.rolled_back", "template.published"]


async def test_only_what_was_in_force_is_rolled_back_to(api: httpx.AsyncClient) -> None:
    version = await published(api)
    assert kind_of(await step(api, version, "rollback", CLARA)) == (409, "template-step")
    draft = await drafted(api)
    await did(await step(api, draft, "retirement", ANNA))
    assert kind_of(await step(api, draft, "rollback", CLARA)) == (409, "template-never-published")
    assert kind_of(await step(api, draft, "retirement", ANNA)) == (409, "template-step")
