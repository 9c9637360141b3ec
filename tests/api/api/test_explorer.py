"""The explorer needs no internet access."""

import re

import httpx


async def test_the_page_loads_only_from_this_server(anonymous: httpx.AsyncClient) -> None:
    page = await anonymous.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 4
    for link in links:
        asset = await anonymous.get(f"/{link}")
        assert asset.status_code == 200, link
        assert asset.content
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"]


async def test_its_files_have_their_types(anonymous: httpx.AsyncClient) -> None:
    types = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "start.js": "text/javascript"}
    for name, kind in types.items():
        assert (await anonymous.get(f"/docs/assets/{name}")).headers["content-type"].startswith(kind)


async def test_what_is_not_a_file_of_it_is_not_served(anonymous: httpx.AsyncClient) -> None:
    for name in ("__init__.py", "..%2f__init__.py", "nothing"):
        assert (await anonymous.get(f"/docs/assets/{name}")).status_code == 404


async def test_it_reads_the_description_of_everything(anonymous: httpx.AsyncClient) -> None:
    start = (await anonymous.get("/docs/assets/start.js")).text
    assert 'url: "openapi.json"' in start
    served = (await anonymous.get("/openapi.json")).json()
    assert served["paths"]["/v1/storefront"]
    assert "/docs" not in served["paths"]


async def test_the_bare_address_leads_to_the_page(anonymous: httpx.AsyncClient) -> None:
    for address in ("/", "/docs/"):
        page = await anonymous.get(address, follow_redirects=True)
        assert (page.status_code, page.url.path) == (200, "/docs"), address
