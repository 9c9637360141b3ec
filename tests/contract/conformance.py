"""What must hold for every provider. Each one's test module inherits these cases and brings its stand."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import ClassVar

import pytest

from tests.contract.stand import IMPATIENT, PATIENT, Forced, Situation, Stand, TalkingStand
from tidings.callbacks.ports import CallbackReader, Posted, ProviderEvent
from tidings.delivery.ports import (
    Accepted,
    Content,
    Misconfigured,
    NotThere,
    Outcome,
    Outgoing,
    Permanent,
    Throttled,
    Transient,
    Uncertain,
)

DEFINITE = (Permanent, Transient, Throttled, Misconfigured)
LETTERS = "Grüße, Ada — 10 € für 茶 & <Tee> 🫖 #1"
LINES = f"{LETTERS}\n.\nFrom here: https://shop.example/t?a=1&b=2\n.end"


async def attempted(stand: Stand, situation: Situation | None = None, **settings: object) -> Outcome:
    """One send in this situation."""
    forced: Forced | None = Forced() if situation is None else stand.force(situation)
    if forced is None:
        pytest.skip(f"{stand.provider} has no such thing as {situation!r}")
    stand.patience = IMPATIENT if situation == "hang" else PATIENT
    connection = stand.connection(settings=settings, secrets=forced.secrets)
    sender = stand.registry.open(connection)
    try:
        return await sender.send(stand.outgoing(forced.to))
    finally:
        await sender.close()


class SenderConformance:
    """Sending: the same question gets the same kind of answer from everybody."""

    provider: ClassVar[tuple[str, str]]

    async def test_a_message_is_taken_once_with_its_words(self, stand: Stand) -> None:
        outgoing = stand.outgoing(content=Content(LINES, LETTERS, f"<p>{LETTERS}</p>"))
        sender = stand.registry.open(stand.connection())
        outcome = await sender.send(outgoing)
        await sender.close()
        assert isinstance(outcome, Accepted)
        assert outcome.provider_message_id
        (taken,) = await stand.taken()
        assert taken.to == stand.recipient
        assert taken.text.strip() == LINES
        assert taken.subject in {None, LETTERS}
        assert taken.html is None or LETTERS in taken.html

    async def test_many_at_once_are_each_taken_once(self, stand: Stand) -> None:
        sender = stand.registry.open(stand.connection())
        async with asyncio.TaskGroup() as group:
            sends = [
                group.create_task(sender.send(stand.outgoing(content=Content(f"number {n}", f"subject {n}"))))
                for n in range(25)
            ]
        await sender.close()
        assert all(isinstance(each.result(), Accepted) for each in sends)
        assert sorted(taken.text.strip() for taken in await stand.taken()) == sorted(f"number {n}" for n in range(25))

    async def test_a_bad_address_is_permanent_and_suppressed(self, stand: Stand) -> None:
        outcome = await attempted(stand, "bad recipient")
        assert isinstance(outcome, Permanent)
        assert outcome.suppress == "hard_bounce"
        assert not await stand.taken()

    async def test_a_bad_message_is_permanent_and_not_the_addresss_fault(self, stand: Stand) -> None:
        outcome = await attempted(stand, "bad message")
        assert isinstance(outcome, Permanent)
        assert outcome.suppress is None

    async def test_not_now_is_transient(self, stand: Stand) -> None:
        assert isinstance(await attempted(stand, "not now"), Transient)

    async def test_too_fast_is_throttled(self, stand: Stand) -> None:
        assert isinstance(await attempted(stand, "too fast"), Throttled)

    async def test_a_wait_in_seconds_is_heard(self, stand: Stand) -> None:
        outcome = await attempted(stand, "too fast for 7 s")
        assert isinstance(outcome, Throttled)
        assert outcome.retry_after == timedelta(seconds=7)

    async def test_a_wait_until_a_date_is_heard(self, stand: Stand) -> None:
        outcome = await attempted(stand, "too fast until a date")
        assert isinstance(outcome, Throttled)
        assert outcome.retry_after == timedelta(seconds=30)

    async def test_a_nonsense_wait_is_as_good_as_none(self, stand: Stand) -> None:
        outcome = await attempted(stand, "too fast for a nonsense time")
        assert isinstance(outcome, Throttled)
        assert outcome.retry_after == getattr(await attempted(stand, "too fast"), "retry_after", None)

    async def test_wrong_credentials_are_a_misconfiguration(self, stand: Stand) -> None:
        outcome = await attempted(stand, "wrong credentials")
        assert isinstance(outcome, Misconfigured)
        assert not await stand.taken()

    async def test_nobody_listening_is_transient(self, stand: Stand) -> None:
        settings = stand.go_away()
        if settings is None:
            pytest.skip(f"{stand.provider} is no server")
        assert isinstance(await attempted(stand, **settings), Transient)

    async def test_a_servers_own_error_is_no_verdict(self, stand: Stand) -> None:
        outcome = await attempted(stand, "500")
        assert isinstance(outcome, Uncertain if stand.channel in {"sms", "voice"} else Transient)

    @pytest.mark.parametrize("situation", ["garbage", "hang", "hang up", "taken and cut off"])
    async def test_no_answer_after_all_was_said_is_uncertain(self, stand: Stand, situation: Situation) -> None:
        assert isinstance(await attempted(stand, situation), Uncertain)

    @pytest.mark.parametrize("situation", ["bad recipient", "bad message", "not now", "too fast", "hang up", "500"])
    async def test_reasons_are_told_without_the_address(self, stand: Stand, situation: Situation) -> None:
        forced = stand.force(situation)
        if forced is None:
            pytest.skip(f"{stand.provider} has no such thing as {situation!r}")
        outgoing = stand.outgoing(forced.to)
        sender = stand.registry.open(stand.connection(secrets=forced.secrets))
        outcome = await sender.send(outgoing)
        await sender.close()
        assert isinstance(outcome, (*DEFINITE, Uncertain))
        assert outcome.reason
        assert outgoing.to not in f"{outcome.reason} {outcome.code}"

    async def test_it_works_on_after_each_mishap(self, stand: Stand) -> None:
        sender = stand.registry.open(stand.connection())
        for situation in ("hang up", "garbage", "500", "taken and cut off"):
            if stand.force(situation) is not None:
                assert not isinstance(await sender.send(stand.outgoing()), Accepted)
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        await sender.close()

    async def test_it_is_asked_only_if_it_can_be(self, stand: Stand) -> None:
        sender = stand.registry.open(stand.connection())
        sent, unsent = stand.outgoing(), stand.outgoing(content=Content("never sent", "never sent"))
        await sender.send(sent)
        there, not_there = await sender.find(sent), await sender.find(unsent)
        await sender.close()
        if sender.can_be_asked:
            assert isinstance(there, Accepted)
            assert isinstance(not_there, NotThere)
        else:
            assert isinstance(there, Uncertain)
            assert isinstance(not_there, Uncertain)

    async def test_settings_and_secrets_survive_being_stored(self, stand: Stand) -> None:
        first = stand.connection()
        again = stand.registry.check(stand.channel, stand.provider, first.settings, first.secrets)
        assert (again.settings, again.secrets) == (first.settings, first.secrets)

    async def test_an_unknown_setting_is_named(self, stand: Stand) -> None:
        settings, secrets = {**stand.settings, "colour": "red"}, {**stand.secrets, "colour": "red"}
        checked = stand.registry.check(stand.channel, stand.provider, settings, secrets)
        assert {"/settings/colour", "/secrets/colour"} <= {fault.pointer for fault in checked.faults}


class CallbackConformance:
    """Calling back: what the provider says counts, what others say does not."""

    @staticmethod
    async def said(stand: TalkingStand, posted: Posted) -> list[ProviderEvent]:
        """The events of a callback that must be genuine."""
        connection, reader = stand.connection(), CallbackConformance.reader(stand)
        assert reader.verify(posted, connection, stand.clock.now()) is True
        return list(reader.parse(posted, connection))

    @staticmethod
    def reader(stand: TalkingStand) -> CallbackReader:
        """The provider's reader."""
        reader = stand.registry.reader(stand.channel, stand.provider)
        assert reader is not None
        return reader

    @staticmethod
    async def sent(stand: TalkingStand) -> Outgoing:
        """A message that the double has taken."""
        outgoing = stand.outgoing()
        sender = stand.registry.open(stand.connection())
        assert isinstance(await sender.send(outgoing), Accepted)
        await sender.close()
        return outgoing

    async def test_a_receipt_names_our_attempt(self, stand: TalkingStand) -> None:
        outgoing = await self.sent(stand)
        events = await self.said(stand, stand.delivered(outgoing))
        assert [(event.kind, event.status, event.attempt_id) for event in events] == [
            ("receipt", "delivered", outgoing.attempt_id)
        ]

    async def test_a_repeat_has_the_same_key_and_another_message_has_another(self, stand: TalkingStand) -> None:
        first, second = await self.sent(stand), await self.sent(stand)
        keys = [
            event.key
            for outgoing in (first, second)
            for posted in [stand.delivered(outgoing)]
            for _time in range(2)
            for event in await self.said(stand, posted)
        ]
        assert keys[0] == keys[1]
        assert keys[2] == keys[3]
        assert keys[0] != keys[2]

    async def test_a_forged_callback_is_refused(self, stand: TalkingStand) -> None:
        posted = stand.delivered(await self.sent(stand))
        elsewhere = dataclasses.replace(stand.connection(), secrets={})
        reader, now = self.reader(stand), stand.clock.now()
        assert reader.verify(posted, elsewhere, now) is False
        assert reader.verify(dataclasses.replace(posted, headers={}, body=b"{}"), stand.connection(), now) is False

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"\x00", b"[" * 5000, b"a=1&a", b'"\\ud800"'])
    async def test_garbage_is_refused_or_makes_nothing_happen(self, stand: TalkingStand, body: bytes) -> None:
        posted, connection, reader = stand.sealed(body), stand.connection(), self.reader(stand)
        if not reader.verify(posted, connection, stand.clock.now()):
            return
        try:
            events = reader.parse(posted, connection)
        except ValueError:
            return
        assert all(event.kind == "ignored" for event in events)

    def test_it_says_what_it_wants_to_be_answered(self, stand: TalkingStand) -> None:
        reader = self.reader(stand)
        assert 200 <= reader.answer.ok < 300
        assert 400 <= reader.answer.refused < 500
        assert reader.max_bytes >= 65_536
