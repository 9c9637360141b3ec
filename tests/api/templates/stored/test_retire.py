"""Versions taken out, over HTTP."""

import httpx

from tests.fixtures.steps import did
from tests.fixtures.templates import ANNA, BORIS, approved, drafted, kind_of, published, records_of, step


async def test_what_is_in_force_is_taken_out_and_what_never_was_is_given_up(api: httpx.AsyncClient) -> None:
    for version, was in (
        (await published(api), "published"),
        (await approved(api), "in_review"),
        (await drafted(api), "draft"),
    ):
        gone = await did(await step(api, version, "retirement", BORIS, reason="not wanted"))
        assert (gone["status"], gone["retired_by"]) == ("retired", "staff/boris")
        line = (await records_of(api, version))[-1]
        assert (line["kind"], line["data"]["was"], line["data"]["has_reason"]) == ("template.retired", was, True)
        assert line["words"] == {"reason": "not wanted"}
        assert kind_of(await step(api, version, "retirement", ANNA)) == (409, "template-step")
