"""Connections to an SMTP server, kept and given up."""

import asyncio
from collections.abc import AsyncIterator

import aiosmtplib
import pytest

from tests.contract.smtp_stand import pool_of
from tests.doubles.smtp import SmtpDouble
from tests.fixtures.waiting import eventually
from tidings.adapters.email import smtp_pool
from tidings.adapters.email.smtp_pool import MAILS_PER_CONNECTION, Pool
from tidings.adapters.email.smtp_session import Session


@pytest.fixture
async def server() -> AsyncIterator[SmtpDouble]:
    async with SmtpDouble() as double:
        yield double


async def used(pool: Pool, *, in_order: bool = True, fresh: bool = False) -> int:
    """One use of a line; how many mails it had carried before."""
    async with pool.line(fresh=fresh) as line:
        line.in_order = in_order
        return line.mails


async def test_a_line_that_ended_in_order_is_used_again(server):
    pool = pool_of(server, size=2)
    assert [await used(pool) for _ in range(3)] == [0, 1, 2]
    assert server.connections == 1
    await pool.close()


async def test_a_line_left_in_disorder_is_not(server):
    pool = pool_of(server, size=2)
    await used(pool, in_order=False)
    assert await used(pool) == 0
    assert server.connections == 2
    await pool.close()


async def test_a_line_left_by_an_exception_is_not(server):
    pool = pool_of(server, size=2)
    with pytest.raises(TimeoutError):
        async with pool.line():
            raise TimeoutError
    assert await used(pool) == 0
    await pool.close()


async def test_a_fresh_one_is_opened_on_demand(server):
    pool = pool_of(server, size=2)
    await used(pool)
    assert await used(pool, fresh=True) == 0
    await pool.close()


async def test_a_worn_out_line_says_goodbye(server):
    pool = pool_of(server, size=2)
    for _ in range(MAILS_PER_CONNECTION):
        await used(pool)
    assert await used(pool) == 0
    assert server.connections == 2
    await pool.close()


async def test_a_line_idle_for_long_is_asked_whether_it_lives(server, monkeypatch):
    monkeypatch.setattr(smtp_pool, "_UNASKED_SECONDS", 0.0)
    pool = pool_of(server, size=2)
    await used(pool)
    assert await used(pool) == 1
    server.drop_connections()
    await eventually(lambda: server.open_connections == 0)
    assert await used(pool) == 0
    # And one whose end has not been noticed yet.
    server.drop_connections()
    assert await used(pool) == 0
    await pool.close()


async def test_a_line_that_does_not_answer_the_question_is_given_up(server, monkeypatch):
    monkeypatch.setattr(smtp_pool, "_UNASKED_SECONDS", 0.0)
    pool = pool_of(server, size=2)
    async with pool.line() as line:
        line.in_order = True
        # Whoever listens there now takes every word and says none.
        line.session.reply = _silence
    assert await used(pool) == 0
    await pool.close()


async def _silence(*_args: bytes, **_options: object) -> aiosmtplib.SMTPResponse:
    raise aiosmtplib.SMTPReadTimeoutError("no answer")


async def test_lines_that_nobody_needs_are_given_up(server, monkeypatch):
    monkeypatch.setattr(smtp_pool, "_SURPLUS_SECONDS", 0.05)
    pool = pool_of(server, size=3)
    async with pool.line() as one, pool.line() as two, pool.line() as three:
        one.in_order = two.in_order = three.in_order = True
    assert server.open_connections == 3
    async with pool.line() as needed:
        needed.in_order = True
        await eventually(lambda: server.open_connections == 1)
    assert await used(pool) == 2
    await pool.close()


async def test_closing_ends_the_idle_at_once_and_the_busy_when_they_are_done(server):
    pool = pool_of(server, size=2)
    async with pool.line() as busy:
        await used(pool)
        await pool.close()
        assert busy.session.is_ready
        busy.in_order = True
    await eventually(lambda: server.open_connections == 0)


async def test_a_server_that_is_not_there_is_told(server):
    async def refused() -> Session:
        raise aiosmtplib.SMTPConnectError("nobody there")

    with pytest.raises(aiosmtplib.SMTPConnectError):
        await used(Pool(refused, 1))


async def test_what_nobody_needs_any_more_is_given_up_without_another_mail(server, monkeypatch):
    monkeypatch.setattr(smtp_pool, "_SURPLUS_SECONDS", 0.05)
    pool = pool_of(server, size=2)
    async with pool.line() as one:
        one.in_order = True
        async with pool.line() as two:
            two.in_order = True
        await eventually(lambda: server.open_connections == 1)
        used_until = asyncio.get_running_loop().time()
    # Used later than the other, and given up later.
    await eventually(lambda: server.open_connections == 0)
    assert asyncio.get_running_loop().time() >= used_until + 0.05
    await pool.close()


async def test_a_line_whose_server_has_said_that_it_closes_is_not_used(server):
    pool = pool_of(server)
    async with pool.line() as line:
        line.in_order = True
    server.say("421 4.4.2 idle for too long")
    await eventually(lambda: not line.session.is_ready)
    assert await used(pool) == 0
    assert server.connections == 2
    await pool.close()
