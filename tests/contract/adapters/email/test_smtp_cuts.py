"""A conversation broken off at each of its points: what certainly did not leave goes again, what may have does not."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
import uvloop

from tests.contract.smtp_stand import ENVELOPE, pool_of
from tests.doubles.certificates import authority
from tests.doubles.smtp_cut import CutServer, Point
from tidings.adapters.email.smtp_talk import post
from tidings.delivery.ports import Accepted, Outcome, Transient, Uncertain

# More than the network holds, so that its end cannot have left when its beginning has only just been read.
LARGE = replace(ENVELOPE, mail=b"Subject: x\r\n\r\n" + (b"x" * 998 + b"\r\n") * 9000)

BEFORE_CONNECTED: list[Point] = ["greeting", "EHLO"]
BEFORE_HANDED_OVER: list[Point] = ["MAIL", "RCPT", "DATA", "text"]
HANDED_OVER: list[Point] = ["dot", "taken", "half"]

Loop = Callable[[], asyncio.AbstractEventLoop]
# Production runs on uvloop, whose transports are its own.
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
WAYS = list(product(["close", "reset"], [False, True], LOOPS))
in_every_way = pytest.mark.parametrize(
    ("by", "pipelining", "loop"),
    WAYS,
    ids=[f"{by}-{'pipelined' if pipelining else 'one by one'}-{loop.__module__}" for by, pipelining, loop in WAYS],
)


def outcomes(server: CutServer, loop: Loop, *, mails: int = 1, trusted: ssl.SSLContext | None = None) -> list[Outcome]:
    """Of so many mails, one after the other, over one connection as long as it lasts."""

    async def sent() -> list[Outcome]:
        async with server:
            pool = pool_of(server, tls=trusted)
            # Only a large one can be cut in its middle.
            envelope = LARGE if server.point == "text" else ENVELOPE
            got = [await post(pool, envelope, 10) for _ in range(mails)]
            await pool.close()
            return got

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(sent())


@in_every_way
@pytest.mark.parametrize("point", [*BEFORE_CONNECTED, *BEFORE_HANDED_OVER])
def test_before_the_whole_mail_has_left_nothing_is_sent(point, by, pipelining, loop):
    server = CutServer(point, by=by, pipelining=pipelining)
    (outcome,) = outcomes(server, loop)
    assert isinstance(outcome, Transient)
    assert not server.mails


@in_every_way
@pytest.mark.parametrize("point", BEFORE_HANDED_OVER)
def test_on_a_kept_connection_the_mail_goes_over_a_new_one_at_once(point, by, pipelining, loop):
    server = CutServer(point, by=by, mails_before=1, pipelining=pipelining)
    assert [type(outcome) for outcome in outcomes(server, loop, mails=2)] == [Accepted, Accepted]
    assert (len(server.mails), server.connections) == (2, 2)


@in_every_way
@pytest.mark.parametrize("point", HANDED_OVER)
@pytest.mark.parametrize("mails_before", [0, 1])
def test_after_it_has_left_only_an_answer_is_certain(point, by, pipelining, loop, mails_before):
    server = CutServer(point, by=by, mails_before=mails_before, pipelining=pipelining)
    *before, cut, after = outcomes(server, loop, mails=mails_before + 2)
    assert isinstance(cut, Uncertain)
    assert all(isinstance(each, Accepted) for each in (*before, after))
    assert server.connections == 2


@in_every_way
def test_an_answer_is_an_answer_whatever_becomes_of_the_connection(by, pipelining, loop):
    server = CutServer("reply", by=by, pipelining=pipelining)
    assert [type(outcome) for outcome in outcomes(server, loop, mails=2)] == [Accepted, Accepted]
    assert (len(server.mails), server.connections) == (2, 2)


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(("point", "kind"), [("DATA", Transient), ("text", Transient), ("dot", Uncertain)])
def test_under_tls_it_is_the_same(point, kind, loop):
    certified = authority()
    trusted = ssl.create_default_context(cadata=certified.text)
    server = CutServer(point, pipelining=True, tls=certified.server)
    (outcome,) = outcomes(server, loop, trusted=trusted)
    assert isinstance(outcome, kind)
    assert not server.mails


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_what_was_given_up_half_way_does_not_trickle_out_afterwards(loop):
    async def given_up() -> list[bytes]:
        async with CutServer("text", by="stall") as server:
            pool = pool_of(server)
            assert isinstance(await post(pool, LARGE, 0.3), Transient)
            server.resume.set()
            await asyncio.sleep(0.2)
            await pool.close()
        return server.mails

    with asyncio.Runner(loop_factory=loop) as runner:
        assert not runner.run(given_up())
