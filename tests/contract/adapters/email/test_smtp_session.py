"""An SMTP session on a real connection: groups of commands, replies in pieces, words out of turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiosmtplib import SMTPServerDisconnected
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.smtp_stand import client_of
from tests.doubles.smtp import SmtpDouble
from tests.fixtures.waiting import eventually
from tidings.adapters.email import smtp_session
from tidings.adapters.email.smtp_session import Session


@dataclass
class Parrot:
    """A server of which the test says every word."""

    host: str = "127.0.0.1"
    port: int = 0
    heard: bytes = b""
    writer: asyncio.StreamWriter = field(init=False)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        writer.write(b"220 parrot\r\n")
        await reader.readline()
        writer.write(b"250-parrot\r\n250-PIPELINING\r\n250 SIZE 1000\r\n")
        while piece := await reader.read(1000):
            self.heard += piece

    async def say(self, *pieces: bytes) -> None:
        """Each piece by itself."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def session_with(parrot: Parrot) -> AsyncIterator[Session]:
    server = await asyncio.start_server(parrot.talk, parrot.host, 0)
    parrot.port = server.sockets[0].getsockname()[1]
    client = client_of(parrot)
    await client.connect()
    await client.ehlo()
    session = Session(client)
    try:
        yield session
    finally:
        session.abort()
        await session.ended()
        server.close()
        parrot.writer.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0.01)


async def asked(session: Session, parrot: Parrot, *pieces: bytes) -> list[tuple[int, str]]:
    """The replies to three commands, said in these pieces."""
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(session.ask(b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@d.example>", b"DATA"))
        await asyncio.sleep(0.01)
        await parrot.say(*pieces)
    return [tuple(reply) for reply in asking.result()]


REPLIES = b"250 2.1.0 ok\r\n251-2.1.5 moved\r\n251 but known\r\n354 go on\r\n"
HEARD = [(250, "2.1.0 ok"), (251, "2.1.5 moved\nbut known"), (354, "go on")]


@pytest.mark.parametrize(
    "pieces",
    [
        (REPLIES,),
        (REPLIES[:5], REPLIES[5:20], REPLIES[20:34], REPLIES[34:]),
        tuple(REPLIES[n : n + 1] for n in range(len(REPLIES))),
        (REPLIES.replace(b"\r\n", b"\n"),),
    ],
    ids=["at once", "in pieces", "byte by byte", "with bare line feeds"],
)
async def test_replies_come_in_their_order_however_they_are_cut(pieces):
    parrot = Parrot()
    async with session_with(parrot) as session:
        assert session.offers("pipelining")
        assert not session.offers("dsn")
        assert await asked(session, parrot, *pieces) == HEARD
        assert session.is_ready
    assert parrot.heard == b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


@pytest.mark.parametrize(
    ("pieces", "heard"),
    [
        ((b"250 ok\r\n421 4.3.2 closing\r\n",), [(250, "ok"), (421, "4.3.2 closing")]),
        ((b"250 ok\r\nwhat?\r\n354 go on\r\n",), [(250, "ok"), (-1, "what?")]),
        ((b"250-one\r\n", b"x" * 40_000), [(-1, "one\n")]),
        ((b"999 no such class\r\n",), [(-1, "999 no such class")]),
    ],
    ids=["closing", "no reply", "no end", "no code"],
)
async def test_after_such_words_the_session_is_over(pieces, heard):
    parrot = Parrot()
    async with session_with(parrot) as session:
        assert await asked(session, parrot, *pieces) == heard
        assert not session.is_ready
        with pytest.raises(SMTPServerDisconnected):
            await session.ask(b"NOOP")


@pytest.mark.parametrize("word", [b"250 by the way\r\n", b"421 4.4.2 idle for too long\r\n", b"25"])
async def test_a_word_out_of_turn_is_not_taken_for_an_answer(word):
    parrot = Parrot()
    async with session_with(parrot) as session:
        await parrot.say(word)
        await eventually(lambda: not session.is_ready)
        with pytest.raises(SMTPServerDisconnected):
            await session.ask(b"NOOP")
        with pytest.raises(SMTPServerDisconnected):
            await session.send_text(b"Subject: x")
    assert not parrot.heard


async def test_a_command_is_one_command():
    parrot = Parrot()
    async with session_with(parrot) as session:
        with pytest.raises(ValueError, match="control"):
            await session.ask(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<eve@example.com>")
        assert session.is_ready
    assert not parrot.heard


async def test_a_question_between_mails_is_answered_with_yes_or_it_is_no(monkeypatch):
    for answer, agrees, patience in ((b"250 ok\r\n", True, 10), (b"502 what?\r\n", False, 10), (b"", False, 0.1)):
        monkeypatch.setattr(smtp_session, "_PATIENCE_SECONDS", patience)
        parrot = Parrot()
        async with session_with(parrot) as session, asyncio.TaskGroup() as group:
            asking = group.create_task(session.agrees(b"NOOP"))
            await asyncio.sleep(0.01)
            await parrot.say(answer)
        assert asking.result() is agrees


async def test_a_goodbye_is_said_and_waits_for_nothing():
    parrot = Parrot()
    async with session_with(parrot) as session:
        session.leave()
        await session.ended()
        await eventually(lambda: parrot.heard)
    assert parrot.heard == b"QUIT\r\n"


async def test_a_connection_that_is_lost_already_is_none():
    async with SmtpDouble() as server:
        client = client_of(server)
        await client.connect()
        client.close()
        with pytest.raises(SMTPServerDisconnected):
            Session(client)


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"", b"\r\n", b"\n", b"\r", b".a", b" "]), max_size=12))
def test_no_text_ends_itself(pieces):
    mail = b"".join(pieces)
    stuffed = smtp_session._stuffed(mail)
    assert stuffed.endswith(b"\r\n")
    lines = stuffed.split(b"\r\n")[:-1]
    assert all(line != b"." and not {*line} & {*b"\r\n"} for line in lines)
    assert [line.removeprefix(b".") for line in lines] == (mail.splitlines() or [b""])
