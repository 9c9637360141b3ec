"""Ports are taken early, and the server ends when it is told to and not otherwise."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tidings.cli.listening import CannotListen, PortInUse, address_of, listen, serve_until


async def at_once(request: Request) -> PlainTextResponse:
    return PlainTextResponse("news")


def app(answer: Callable[[Request], Awaitable[PlainTextResponse]]) -> Starlette:
    return Starlette(routes=[Route("/", answer)])


def test_any_free_port_is_found():
    with listen("127.0.0.1", 0) as listener:
        assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_port_in_use_is_named():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} on 127.0.0.1 is in use"):
            listen("127.0.0.1", port)


def test_a_port_is_free_again_at_once():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted = _accepted(listener)
            accepted.close()
            client.recv(1)
    listen("127.0.0.1", port).close()


def _accepted(listener: socket.socket) -> socket.socket:
    listener.settimeout(5)
    return listener.accept()[0]


def test_an_address_that_is_not_ours_is_no_port_in_use():
    with pytest.raises(CannotListen, match=r"cannot listen on port 8080 of 192\.0\.2\.1: .*assign requested address"):
        listen("192.0.2.1", 8080)


def test_whoever_has_no_option_for_the_port_is_told_of_the_setting():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUse, match=r"choose another one with TIDINGS_WORKER_METRICS_PORT$"):
            listen("127.0.0.1", port, chosen_with="TIDINGS_WORKER_METRICS_PORT")


def test_all_addresses_are_reached_by_loopback():
    with listen("0.0.0.0", 0) as listener:  # noqa: S104 - what containers do
        assert address_of(listener).startswith("http://127.0.0.1:")


async def test_a_request_that_is_under_way_is_finished_when_told_to_stop():
    stop, came, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    listener = listen("127.0.0.1", 0)
    address = listener.getsockname()

    async def slow(request: Request) -> PlainTextResponse:
        came.set()
        await go_on.wait()
        return PlainTextResponse("news")

    async with (
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(base_url=address_of(listener), trust_env=False) as client,
    ):
        serving = group.create_task(serve_until(stop, app(slow), listener))
        answering = group.create_task(client.get("/"))
        await came.wait()
        stop.set()
        asyncio.get_running_loop().call_later(0.2, go_on.set)
        answer = await answering
        await serving
    assert answer.text == "news"
    assert "server" not in answer.headers
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


async def test_requests_that_come_before_the_server_wait_for_it():
    stop = asyncio.Event()
    listener = listen("127.0.0.1", 0)
    async with (
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(base_url=address_of(listener), trust_env=False) as client,
    ):
        early = group.create_task(client.get("/"))
        await asyncio.sleep(0.05)
        group.create_task(serve_until(stop, app(at_once), listener))
        assert (await early).text == "news"
        stop.set()
