"""Dependencies as types."""

from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import Response

from tidings.kit.db import Scope
from tidings.kit.page import Page, Window
from tidings.storefronts.access import CALLER, Access, Known, Paging
from tidings.storefronts.caller import Caller
from tidings.storefronts.errors import ScopeMissing, Unauthorised

ADA = Caller(Scope(UUID(int=1), "test"), UUID(int=2), "shop", frozenset({"orders"}), "shop")


def request(caller: Caller | None = None, query: bytes = b"") -> Request:
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/v1/things", "query_string": query, "headers": [],
        "server": ("tidings.test", 443), "scheme": "https",
    }  # fmt: skip
    return Request(scope if caller is None else scope | {CALLER: caller})


async def test_one_of_the_scopes_is_enough() -> None:
    assert await Access("orders", "operations")(request(ADA)) is ADA


async def test_a_missing_scope_is_named() -> None:
    with pytest.raises(ScopeMissing) as refused:
        await Access("templates", "admin")(request(ADA))
    assert refused.value.members == {"needs": ["templates", "admin"]}


async def test_whoever_was_not_let_in_at_the_edge_is_nobody() -> None:
    with pytest.raises(Unauthorised):
        await Access("orders")(request())


def test_a_list_links_to_its_next_stretch_with_the_same_filters() -> None:
    response = Response()
    paging = Paging(request(query=b"status=a%26b&cursor=old&limit=2"), response, Window(limit=2))
    answer = paging.answer(Page([1, 2], "n&xt"), ["one", "two"])
    assert (answer.items, answer.next_cursor) == (["one", "two"], "n&xt")
    assert response.headers["link"] == '</v1/things?status=a%26b&limit=2&cursor=n%26xt>; rel="next"'


def test_the_last_stretch_links_nowhere() -> None:
    response = Response()
    answer = Paging(request(), response, Window()).answer(Page([1], None))
    assert (answer.items, answer.next_cursor) == ([1], None)
    assert "link" not in response.headers


def test_the_answer_tells_the_new_version() -> None:
    response = Response()
    Known(None, response).tell(7)
    assert response.headers["etag"] == '"7"'
