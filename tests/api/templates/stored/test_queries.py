"""The list of versions, over HTTP."""

import httpx

from tests.fixtures.steps import did
from tests.fixtures.templates import CATALOGUE, SMS, drafted, kind_of, published, submitted

COMPLETED = CATALOGUE.milestones["order_completed"].version


async def listed(api: httpx.AsyncClient, query: str = "") -> list[tuple[str, int, str, str]]:
    items = (await did(await api.get(f"/v1/templates{query}")))["items"]
    return [(each["milestone"], each["version"], each["origin"], each["status"]) for each in items]


async def test_the_list_is_filtered_and_goes_on_from_page_to_page(api: httpx.AsyncClient) -> None:
    await published(api)
    await submitted(api, {"en": {"sms": SMS}})
    await drafted(api, {}, "order_completed")
    own = [("order_completed", 101, "shop", "draft"), ("order_confirmation", 102, "shop", "in_review"),
           ("order_confirmation", 101, "shop", "published")]  # fmt: skip
    assert await listed(api, "?origin=shop") == own
    assert await listed(api, "?origin=shop&locale=de") == own[2:]
    assert await listed(api, "?origin=shop&channel=sms") == own[1:]
    assert await listed(api, "?origin=shop&channel=email&locale=de") == own[2:]
    assert await listed(api, "?origin=shop&status=in_review") == own[1:2]
    assert await listed(api, "?status=in_review") == own[1:2]
    assert await listed(api, "?milestone=order_completed") == [
        own[0],
        ("order_completed", COMPLETED, "built-in", "published"),
    ]
    assert await listed(api, "?origin=built-in&locale=tlh") == []
    assert kind_of(await api.get('/v1/templates?locale=x"y')) == (422, "invalid-input")
    pages, query = [], "?limit=2"
    while query:
        page = await did(await api.get(f"/v1/templates{query}"))
        pages += [(each["milestone"], each["version"]) for each in page["items"]]
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert pages == [(name, version) for name, version, *_ in await listed(api, "?limit=100")]
    assert kind_of(await api.get("/v1/templates?cursor=nonsense")) == (422, "invalid-input")
