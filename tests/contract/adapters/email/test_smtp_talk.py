"""One mail handed to a server, and conversations that break off; the refusals: test_smtp.py."""

import asyncio
import dataclasses

import aiosmtplib
import pytest

from tests.contract.smtp_stand import ENVELOPE, pool_of
from tests.doubles.mail import SmtpTurn
from tests.doubles.smtp import SmtpDouble
from tests.fixtures.waiting import eventually
from tidings.adapters.email.smtp_pool import Pool
from tidings.adapters.email.smtp_session import Session
from tidings.adapters.email.smtp_talk import post
from tidings.delivery.ports import Accepted, Misconfigured, Permanent, Throttled, Transient, Uncertain


def failing(problem: Exception) -> Pool:
    async def connected() -> Session:
        raise problem

    return Pool(connected, 1)


async def test_a_mail_is_handed_over_under_its_own_id():
    async with SmtpDouble() as server:
        pool = pool_of(server)
        assert await post(pool, ENVELOPE, 5) == Accepted("msg_1@shop.example")
        await pool.close()
    assert server.received[0].raw == ENVELOPE.mail
    assert "SIZE=20" in server.received[0].options


async def test_waiting_for_a_connection_costs_the_message_nothing():
    async with SmtpDouble() as server:
        pool = pool_of(server)
        async with pool.free:
            assert isinstance(await post(pool, ENVELOPE, 0.1), Throttled)
        assert isinstance(await post(pool, ENVELOPE, 5), Accepted)
        await pool.close()


@pytest.mark.parametrize(
    ("verb", "kind", "seconds"),
    [("MAIL", Transient, 0.3), ("RCPT", Transient, 0.3), ("START", Transient, 0.3), ("DATA", Uncertain, 2)],
)
async def test_time_running_out_is_uncertain_only_after_the_mail_was_handed_over(verb, kind, seconds):
    async with SmtpDouble() as server:
        server.script(SmtpTurn(verb, end="hang"))
        pool = pool_of(server)
        assert isinstance(await post(pool, ENVELOPE, seconds), kind)
        # On a busy machine it runs out before the mail has come so far.
        server._turns.clear()
        assert isinstance(await post(pool, ENVELOPE, 5), Accepted)
        await pool.close()


async def test_a_cancelled_conversation_is_not_carried_on_by_the_next_mail():
    async with SmtpDouble() as server:
        server.script(SmtpTurn("RCPT", end="hang"))
        pool = pool_of(server)
        async with asyncio.TaskGroup() as group:
            posting = group.create_task(post(pool, ENVELOPE, 60))
            await eventually(lambda: not server._turns)
            posting.cancel()
        assert posting.cancelled()
        assert isinstance(await post(pool, ENVELOPE, 5), Accepted)
        await pool.close()
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (aiosmtplib.SMTPException("STARTTLS extension not supported"), Misconfigured),
        (aiosmtplib.SMTPConnectError("refused"), Transient),
        (aiosmtplib.SMTPHeloError(504, "who?"), Misconfigured),
        (aiosmtplib.SMTPAuthenticationError(454, "4.7.0 later"), Throttled),
        (aiosmtplib.SMTPAuthenticationError(535, "5.7.8 no"), Misconfigured),
        (ConnectionResetError(), Transient),
    ],
)
async def test_what_goes_wrong_before_the_first_word_has_its_meaning(problem, kind):
    outcome = await post(failing(problem), ENVELOPE, 5)
    assert isinstance(outcome, kind)
    assert outcome.reason


async def test_an_address_that_slips_through_is_stopped_at_the_last_look():
    async with SmtpDouble() as server:
        pool = pool_of(server)
        bent = dataclasses.replace(ENVELOPE, sender="jürgen@shop.example")
        assert isinstance(await post(pool, bent, 5), Permanent)
        await pool.close()
    assert not server.received


def test_an_envelope_does_not_print_whom_it_is_for():
    assert "ada@example.com" not in repr(ENVELOPE)
    assert "Text" not in repr(ENVELOPE)
