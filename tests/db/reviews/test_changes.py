"""What has changed of a procedure, read off the facts."""

from dataclasses import replace

import pytest

from tests.db.reviews.board import DAY, TABLE, Board
from tidings.kit.scope import Scope
from tidings.milestones import table
from tidings.reviews.changes import Found, found_since, table_digest
from tidings.reviews.watch import held_watch


async def found(board: Board, digest: str = TABLE) -> Found:
    async with board.begin(Scope(board.shop.id, "live")) as tx:
        watch = await held_watch(tx, TABLE)
        return await found_since(tx, watch, "Europe/Berlin", board.now, digest=digest)


async def test_each_cause_names_what_it_is_and_who_did_it(board: Board) -> None:
    await board.policy(completes_after_days=7)
    await board.publish(milestone="order_completed", channel="email", locale="ar", version=4, secret="no")
    policy, template = (await found(board)).causes
    assert (policy.kind, policy.actor, policy.at, policy.about) == ("policy", "staff/anna", board.now, {"version": 2})
    assert template.about == {"milestone": "order_completed", "channel": "email", "locale": "ar", "version": 4}
    assert policy.key != template.key


async def test_one_change_of_both_is_two_causes(board: Board) -> None:
    await board.policy(completes_after_days=7)
    async with board.begin(Scope(board.shop.id, "live")) as tx:
        await tx.raw.execute(
            "INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data) VALUES ($1, $1, "
            "gen_random_uuid(), NULL, 'storefront.changed', 'stf_1', 'x', now(), "
            '\'{"changed": ["name", "time_zone", "calendar", "policy"], "version": 7}\')',
            board.shop.id,
        )
    assert [cause.kind for cause in (await found(board)).causes] == ["policy", "calendar", "policy"]


async def test_the_next_look_begins_where_this_one_ended(board: Board) -> None:
    await board.policy(completes_after_days=7)
    first = await found(board)
    async with board.begin(Scope(board.shop.id, "live")) as tx:
        second = await found_since(tx, first.watch, "Europe/Berlin", board.now, digest=TABLE)
    assert (len(first.causes), second.causes) == (1, ())
    assert second.watch == first.watch


async def test_a_year_moves_on_by_the_shops_clock(board: Board) -> None:
    board.clock.advance(366 * DAY)
    looked = await found(board)
    (cause,) = looked.causes
    assert cause.kind == "yearly"
    assert board.now < looked.watch.yearly_at <= board.now + 366 * DAY


def test_the_digest_changes_with_any_word_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    before = table_digest()
    assert table_digest() == before
    promise = table.TABLE["order_dispatched"]
    monkeypatch.setitem(table.TABLE, "order_dispatched", replace(promise, channels=("sms",)))
    assert table_digest.__wrapped__() != before
    monkeypatch.setitem(table.TABLE, "order_dispatched", promise)
    assert table_digest.__wrapped__() == before
    monkeypatch.setitem(table.ERRANDS, "order.closed", ())
    assert table_digest.__wrapped__() != before
