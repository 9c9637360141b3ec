"""Documents over HTTP."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.changes import approved, requested
from tests.fixtures.errands import Errands
from tests.fixtures.steps import NOWHERE, arrived, brought_to, did, dispatched, passed, placed
from tidings.bootstrap import Runtime
from tidings.delivery.links import Linked
from tidings.documents.ports import StoreAway
from tidings.kit.ids import new_id, parse
from tidings.kit.signed import Signed
from tidings.worker.handlers import make_errands

NO_DOCUMENT = f"doc_{0:032x}"
TWO_YEARS = {
    "lines": [
        {"sku": "POT-01", "name": "Teapot", "quantity": 1, "unit_price": {"amount": 3000, "currency": "EUR"},
         "tax_rate": "0.19", "warranty_months": 24}
    ]
}  # fmt: skip


def kind_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("type", "")).removeprefix("urn:tidings:problem:")


async def documents(api: httpx.AsyncClient, order_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await did(await api.get(f"/v1/orders/{order_id}/documents")))["items"]
    return found


async def issued(api: httpx.AsyncClient, order_id: str, kind: str = "invoice") -> dict[str, Any]:
    return await did(await api.post(f"/v1/orders/{order_id}/documents", json={"kind": kind}))


def link(runtime: Runtime, document: dict[str, Any], mode: str = "test", **changes: Any) -> str:
    """What a message about its order would link to."""
    storefront = changes.pop("storefront_id")
    message = Linked(
        storefront_id=storefront, mode=mode, order_id=parse("ord", document["order_id"]), message_id=new_id(),
        milestone="order_completed", channel="sms", snapshot={"documents": [{"kind": "invoice"}]},
        now=runtime.clock.now(),
    )  # fmt: skip
    found = runtime.document_links.link(message)
    assert found is not None
    return found.removeprefix("https://tidings.test")


async def test_completion_issues_documents_that_can_be_fetched_with_their_digest(
    api: httpx.AsyncClient, errands: Errands
) -> None:
    order_id = str((await placed(api, **TWO_YEARS))["id"])
    await passed(api, order_id)
    await arrived(api, await dispatched(api, order_id))
    await did(await api.post(f"/v1/orders/{order_id}/completion"))
    invoice, warranty = await documents(api, order_id)
    assert (invoice["kind"], invoice["number"], invoice["file"]) == ("invoice", "INV-000001", None)
    assert invoice["gross"] == {"amount": 3000, "currency": "EUR"}
    assert (warranty["kind"], warranty["gross"]) == ("warranty", None)
    path = f"/v1/documents/{invoice['id']}/content"
    early = await api.get(path)
    assert kind_of(early) == (409, "document-not-made")
    assert early.headers["Retry-After"] == "2"
    await errands()
    content = await api.get(path)
    assert (content.status_code, content.headers["Content-Type"]) == (200, "application/pdf")
    digest = hashlib.sha256(content.content).digest()
    assert content.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    told = await did(await api.get(f"/v1/documents/{invoice['id']}"))
    assert (told["file"]["sha256"], told["file"]["size"]) == (digest.hex(), len(content.content))
    assert (await api.get(path, headers={"If-None-Match": content.headers["ETag"]})).status_code == 304


async def test_a_document_is_issued_by_hand_once(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    answer = await api.post(f"/v1/orders/{order_id}/documents", json={"kind": "invoice"})
    invoice = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/documents/{invoice['id']}")
    assert (invoice["cause"], invoice["issued_by"]) == ("by_hand:1", "teahouse-test")
    again = await api.post(f"/v1/orders/{order_id}/documents", json={"kind": "invoice"})
    assert kind_of(again) == (409, "document-issued")
    assert again.json()["document"] == invoice["id"]


async def test_the_same_call_with_the_same_key_issues_once(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    path, key = f"/v1/orders/{order_id}/documents", {"Idempotency-Key": "d-1"}
    answers = [await api.post(path, json={"kind": "invoice"}, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(await documents(api, order_id)) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [("cancelled", "invoice"), ("incomplete", "invoice"), ("received", "receipt"), ("received", "warranty")],
)
async def test_what_the_order_gives_no_cause_for_is_refused(api: httpx.AsyncClient, status: Any, kind: str) -> None:
    answer = await api.post(f"/v1/orders/{await brought_to(api, status)}/documents", json={"kind": kind})
    assert kind_of(answer) == (409, "nothing-to-issue")


async def test_a_wrong_invoice_is_credited_and_issued_anew(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    invoice = await issued(api, order_id)
    path = f"/v1/documents/{invoice['id']}/correction"
    made = (await did(await api.post(path, json={"reason": "VAT ID was missing", "vat_id": "DE123456789"})))["items"]
    assert [(one["kind"], one["credits"], one["replaces"]) for one in made] == [
        ("credit_note", invoice["id"], None), ("invoice", None, invoice["id"]),
    ]  # fmt: skip
    assert kind_of(await api.post(path, json={"reason": "again"})) == (409, "not-correctable")


async def test_money_that_goes_back_is_credited(api: httpx.AsyncClient) -> None:
    request = await requested(api)
    order_id = str(request["order_id"])
    await issued(api, order_id)
    found = await approved(api, request)
    await did(await api.post(f"/v1/refunds/{found['refund']['id']}/outcome", json={"outcome": "succeeded"}))
    notes = [one for one in await documents(api, order_id) if one["kind"] == "credit_note"]
    refund = await did(await api.get(f"/v1/refunds/{found['refund']['id']}"))
    assert [note["gross"] for note in notes] == [refund["amount"]]


async def test_documents_are_found_by_kind_and_number(api: httpx.AsyncClient) -> None:
    first = await issued(api, await brought_to(api, "processing"))
    second = await issued(api, await brought_to(api, "processing"))

    async def ids(query: str) -> list[str]:
        return [one["id"] for one in (await did(await api.get(f"/v1/documents?{query}")))["items"]]

    assert await ids("") == [second["id"], first["id"]]
    assert await ids("kind=warranty") == []
    assert await ids("number=INV-000001") == [first["id"]]
    page = await api.get("/v1/documents?limit=1")
    assert [one["id"] for one in page.json()["items"]] == [second["id"]]
    assert await ids(f"cursor={page.json()['next_cursor']}") == [first["id"]]


async def test_documents_are_their_shops_and_modes_alone(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient
) -> None:
    invoice = await issued(api, await brought_to(api, "processing"))
    for client in (stranger, live_api):
        assert (await client.get("/v1/documents")).json()["items"] == []
        for path in (f"/v1/documents/{invoice['id']}", f"/v1/documents/{invoice['id']}/content"):
            assert kind_of(await client.get(path)) == (404, "not-found")
        assert kind_of(await client.get(f"/v1/orders/{invoice['order_id']}/documents")) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/v1/orders/{NOWHERE}/documents", None),
        ("POST", f"/v1/orders/{NOWHERE}/documents", {"kind": "invoice"}),
        ("GET", f"/v1/documents/{NO_DOCUMENT}", None),
        ("GET", f"/v1/documents/{NO_DOCUMENT}/content", None),
        ("POST", f"/v1/documents/{NO_DOCUMENT}/correction", {"reason": "x"}),
        ("GET", "/v1/documents/nonsense", None),
    ],
)
async def test_what_is_not_there_is_not_found(api: httpx.AsyncClient, method: str, path: str, body: Any) -> None:
    assert kind_of(await api.request(method, path, json=body)) == (404, "not-found")


async def test_a_store_that_does_not_answer_is_said_to_be_away(api: httpx.AsyncClient, api_runtime: Runtime) -> None:
    class Away:
        name = "s3:away"

        async def put_blob(self, key: str, content: bytes) -> None:
            """It takes everything."""

        async def get_blob(self, key: str) -> bytes:
            raise StoreAway

        async def delete_blob(self, key: str) -> None:
            """It takes everything back."""

    api_runtime.document_store = Away()
    invoice = await issued(api, await brought_to(api, "processing"))
    await make_errands(api_runtime).run_due()
    assert kind_of(await api.get(f"/v1/documents/{invoice['id']}/content")) == (503, "unavailable")


async def test_a_link_opens_its_orders_documents_without_a_key_until_it_ends(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, api_runtime: Runtime, errands: Errands, clock: FixedClock,
    shop: Any,
) -> None:  # fmt: skip
    invoice = await issued(api, await brought_to(api, "processing"))
    other = await issued(api, await brought_to(api, "processing"))
    path = link(api_runtime, invoice, storefront_id=shop.id)
    assert kind_of(await anonymous.get(path)) == (404, "link-invalid"), "nothing is made yet"
    await errands()
    page = await anonymous.get(path)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert f"{path.rpartition('/')[2]}/{invoice['id']}" in page.text
    pdf = await anonymous.get(f"{path}/{invoice['id']}")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert kind_of(await anonymous.get(f"{path}/{other['id']}")) == (404, "not-found")
    assert kind_of(await anonymous.get(path[:-1] + ("A" if path[-1] != "A" else "Q"))) == (404, "link-invalid")
    clock.advance(timedelta(days=91))
    assert kind_of(await anonymous.get(path)) == (410, "link-expired")


async def test_a_browser_is_turned_away_with_a_page_in_its_language(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, api_runtime: Runtime, clock: Any, shop: Any
) -> None:
    path = link(api_runtime, await issued(api, await brought_to(api, "processing")), storefront_id=shop.id)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    cut = await anonymous.get(path[:-5], headers={**browser, "Accept-Language": "ar-EG,en;q=0.5"})
    assert (cut.status_code, cut.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert 'lang="ar" dir="rtl"' in cut.text
    assert "هذا الرابط لا يعمل" in cut.text
    clock.advance(timedelta(days=91))
    for ended in (path, f"{path}/doc_1"):
        page = await anonymous.get(ended, headers={**browser, "Accept-Language": "de"})
        assert (page.status_code, page.headers["Cache-Control"]) == (410, "private, no-store")
        assert "Dieser Link ist abgelaufen" in page.text


async def test_without_keys_no_link_opens(anonymous: httpx.AsyncClient, api_runtime: Runtime) -> None:
    links = api_runtime.document_links
    links._signed = Signed([], "documents")
    assert kind_of(await anonymous.get("/d/anything")) == (503, "vault-closed")
