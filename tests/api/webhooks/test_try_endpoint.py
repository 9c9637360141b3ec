"""An endpoint is tried out over HTTP."""

import httpx

from tests.api.webhooks.test_endpoint_routes import PATH, added
from tests.doubles.hooked import SECRET, HookedDouble
from tests.doubles.turns import answers, resets


async def test_a_test_is_posted_at_once_signed_and_outside_the_log(api: httpx.AsyncClient) -> None:
    async with HookedDouble() as double:
        made = await added(api, url=double.url)
        await api.patch(f"{PATH}/{made['id']}", json={"is_paused": True})
        double.secret = made["secret"]
        answer = await api.post(f"{PATH}/{made['id']}/test", headers={"Tidings-Actor": "staff/ada"})
        assert answer.status_code == 200, answer.text
        (event,) = double.events
    told = answer.json()
    assert (told["is_delivered"], told["status"], told["reason"]) == (True, 204, None)
    assert told["event_id"] == event["id"]
    assert event["type"] == "webhook.test"
    assert event["data"] == {"actor": "staff/ada", "webhook_endpoint_id": made["id"]}
    assert (await api.get("/v1/events")).json()["items"] == []


async def test_what_came_of_it_is_told_whatever_it_is(api: httpx.AsyncClient) -> None:
    async with HookedDouble() as double:
        path = f"{PATH}/{(await added(api, url=double.url, secret=SECRET))['id']}"
        for turn, status in ((answers(500), 500), (answers(302), 302), (resets(), None)):
            double.script(turn)
            told = (await api.post(f"{path}/test")).json()
            assert (told["is_delivered"], told["status"]) == (False, status)
        assert told["reason"]
        # A test is none of the tries that count.
        endpoint = (await api.get(path)).json()
        assert (endpoint["failing_since"], endpoint["last_try"]) == (None, None)
