"""SMTP against a real server on this machine: connections kept, lost and refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.contract.smtp_stand import SmtpStand
from tests.contract.stand import IMPATIENT
from tests.doubles.mail import SmtpTurn
from tests.doubles.smtp import SmtpDouble
from tests.fixtures.waiting import eventually
from tidings.delivery.ports import Accepted, Misconfigured, Permanent, Throttled, Transient


@pytest.fixture(params=[("dsn",), ("dsn", "pipelining")], ids=["one by one", "pipelined"])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[SmtpStand]:
    async with SmtpDouble(login=("shop", "s3cret"), extensions=request.param) as double, SmtpStand(double) as stand:
        yield stand


async def test_one_connection_carries_a_hundred_mails_and_no_more(stand):
    sender = stand.registry.open(stand.connection())
    for _ in range(101):
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
    await sender.close()
    connections = [received.connection for received in stand.double.received]
    assert connections == [1] * 100 + [2]


async def test_no_more_connections_are_opened_than_allowed(stand):
    sender = stand.registry.open(stand.connection(settings={"max_connections": 3}))
    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(sender.send(stand.outgoing()))
    assert len(stand.double.received) == 30
    assert stand.double.connections <= 3
    await sender.close()


async def test_a_kept_connection_that_died_is_replaced_without_a_word(stand):
    sender = stand.registry.open(stand.connection())
    for _ in range(3):
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        stand.double.drop_connections()
    await sender.close()
    assert len(stand.double.received) == 3


async def test_a_kept_connection_that_dies_at_the_first_word_is_replaced_too(stand):
    sender = stand.registry.open(stand.connection())
    await sender.send(stand.outgoing())
    stand.double.script(SmtpTurn("MAIL", end="close"))
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    stand.double.script(SmtpTurn("MAIL", end="close"), SmtpTurn("MAIL", end="close"))
    assert isinstance(await sender.send(stand.outgoing()), Transient)
    await sender.close()
    assert len(stand.double.received) == 2


async def test_after_a_refusal_the_connection_carries_on(stand):
    sender = stand.registry.open(stand.connection())
    stand.double.script(SmtpTurn("RCPT", "550 5.1.1 no"), SmtpTurn("DATA", "554 5.6.0 no"))
    assert isinstance(await sender.send(stand.outgoing()), Permanent)
    assert isinstance(await sender.send(stand.outgoing()), Permanent)
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    await sender.close()
    assert stand.double.connections == 1


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (SmtpTurn("CONNECT", "421 4.3.2 closing down"), Throttled),
        (SmtpTurn("CONNECT", "554 no service here"), Misconfigured),
        (SmtpTurn("CONNECT", end="close"), Transient),
        (SmtpTurn("CONNECT", end="hang"), Transient),
        (SmtpTurn("CONNECT", end="garble"), Transient),
        (SmtpTurn("MAIL", "550 5.7.60 not as this sender"), Misconfigured),
        (SmtpTurn("MAIL", "552 5.3.4 too big"), Permanent),
        (SmtpTurn("MAIL", end="hang"), Transient),
        (SmtpTurn("RCPT", end="garble"), Transient),
        (SmtpTurn("RCPT", "552 5.2.2 mailbox full"), Transient),
        (SmtpTurn("RCPT", "550 5.7.1 relaying denied"), Permanent),
        (SmtpTurn("RCPT", "421 4.3.2 closing down"), Throttled),
        (SmtpTurn("START", "421 4.3.2 closing down"), Throttled),
        (SmtpTurn("START", "451 4.3.0 later"), Transient),
        (SmtpTurn("START", "554 5.5.1 no valid recipients"), Misconfigured),
        (SmtpTurn("START", "503 bad sequence"), Misconfigured),
        (SmtpTurn("START", "250 not the go-ahead"), Transient),
        (SmtpTurn("START", end="close"), Transient),
        (SmtpTurn("START", end="garble"), Transient),
        (SmtpTurn("DATA", "552 5.3.4 too big"), Permanent),
        (SmtpTurn("DATA", "421 4.3.2 closing down"), Throttled),
    ],
    ids=lambda value: f"{value.verb} {value.answer or value.end}" if isinstance(value, SmtpTurn) else value.__name__,
)
async def test_each_refusal_at_its_moment_has_its_meaning(stand, turn, kind):
    stand.double.script(turn)
    stand.patience = IMPATIENT if turn.end == "hang" else stand.patience
    sender = stand.registry.open(stand.connection())
    outcome = await sender.send(stand.outgoing())
    await sender.close()
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) is None
    assert not stand.double.received


async def test_a_server_that_does_not_greet_back_is_left():
    async with SmtpDouble() as double, SmtpStand(double) as stand:
        double.script(SmtpTurn("EHLO", "504 5.5.2 who?"))
        outcome = await stand.registry.open(stand.connection()).send(stand.outgoing())
        await eventually(lambda: double.open_connections == 0)
    assert outcome == Misconfigured("5.5.2 who?", "5.5.2")


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "START"])
async def test_a_kept_connection_whose_time_has_come_is_replaced(stand, verb):
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    stand.double.script(SmtpTurn(verb, "421 4.7.0 too many mails on this connection"))
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    await sender.close()
    assert [received.connection for received in stand.double.received] == [1, 2]


async def test_a_server_that_closes_down_is_asked_twice_and_no_more(stand):
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    stand.double.script(SmtpTurn("MAIL", "421 4.3.2 closing down"), times=3)
    assert isinstance(await sender.send(stand.outgoing()), Throttled)
    await sender.close()
    assert stand.double.connections == 2


@pytest.mark.parametrize("extensions", [("dsn",), ("dsn", "pipelining")], ids=["one by one", "pipelined"])
async def test_commands_go_together_where_the_server_takes_them_so(extensions):
    async with SmtpDouble(extensions=extensions) as double, SmtpStand(double) as stand:
        sender = stand.registry.open(stand.connection())
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        await sender.close()
    groups = [[line[:4] for line in piece.split(b"\r\n")[:-1]] for piece in double.pieces if b"Subject" not in piece]
    separate = [[b"MAIL"], [b"RCPT"], [b"DATA"]]
    assert groups == [
        [b"EHLO"],
        *([[b"MAIL", b"RCPT", b"DATA"]] if "pipelining" in extensions else separate),
        [b"QUIT"],
    ]


async def test_the_first_refusal_of_a_group_is_the_one_that_counts():
    async with SmtpDouble(extensions=("pipelining",)) as double, SmtpStand(double) as stand:
        double.script(SmtpTurn("MAIL", "550 5.7.60 not as this sender"))
        sender = stand.registry.open(stand.connection())
        # RCPT and DATA are out of order then, and refused as well.
        assert await sender.send(stand.outgoing()) == Misconfigured("5.7.60 not as this sender", "5.7.60")
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        await sender.close()
    assert double.connections == 1


async def test_a_text_for_nobody_is_not_sent_even_if_the_server_waits_for_it():
    async with SmtpDouble(extensions=("pipelining",)) as double, SmtpStand(double) as stand:
        double.script(SmtpTurn("RCPT", "550 5.1.1 no such user"), SmtpTurn("START", "354 go on"))
        sender = stand.registry.open(stand.connection())
        outcome = await sender.send(stand.outgoing())
        assert isinstance(outcome, Permanent)
        assert outcome.suppress == "hard_bounce"
        assert double.pieces[-1].endswith(b"DATA\r\n")
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        await sender.close()
    assert [received.connection for received in double.received] == [2]
