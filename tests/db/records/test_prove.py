"""Proofs are short, read little, and hold."""

import json

import pytest

from tests.fixtures.sealed import Trail
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.records.errors import HeadNotKnown, RecordNotSealed
from tidings.records.heads import SignedHead
from tidings.records.merkle import TreeHead, leaf_hash, proves_consistency, proves_inclusion
from tidings.records.prove import prove_consistency, prove_record

IDS = "SELECT record_id FROM record_seals WHERE storefront_id = $1 AND position = ANY ($2::int8[]) ORDER BY position"


def tree(signed: SignedHead) -> TreeHead:
    return TreeHead(signed.head.size, signed.head.root)


async def test_records_of_a_tree_of_several_tiles_are_proved(trail: Trail) -> None:
    await trail.write_at_once(700)
    await trail.seal(batch=130)
    async with trail.begin.reading(trail.shop.scope) as tx:
        for row in await tx.raw.fetch(IDS, trail.shop.id, [0, 1, 255, 256, 300, 511, 512, 699, 700]):
            proof = await prove_record(tx, row["record_id"])
            assert proof.record is not None
            assert json.loads(proof.record)["id"] == f"rec_{row['record_id'].hex}"
            assert leaf_hash(proof.record.encode()) == proof.leaf
            head = proof.signed.head
            assert proof.signed.holds()
            assert proves_inclusion(proof.leaf, proof.position, head.size, proof.path, head.root)
            assert len(proof.path) <= 10


async def test_every_head_is_proved_to_be_the_beginning_of_every_later_one(trail: Trail) -> None:
    await trail.write_at_once(600)
    await trail.seal(batch=97)
    async with trail.begin.reading(trail.shop.scope) as tx:
        last = (await trail.head()).head.sequence
        for first in range(1, last + 1):
            for second in range(first, last + 1):
                proof = await prove_consistency(tx, first, second)
                assert proves_consistency(tree(proof.first), tree(proof.second), proof.path)


async def test_what_is_not_there_is_not_proved(trail: Trail) -> None:
    await trail.write(1)
    async with trail.begin.reading(trail.shop.scope) as tx:
        waiting = await tx.raw.fetchval("SELECT id FROM records")
        with pytest.raises(RecordNotSealed):
            await prove_record(tx, waiting)
        for unknown in (new_id(), None):
            with pytest.raises(NotFound):
                await prove_record(tx, unknown)
        with pytest.raises(HeadNotKnown):
            await prove_consistency(tx, 1, 2)


async def test_the_other_modes_records_are_not_proved_and_those_of_both_are(trail: Trail) -> None:
    await trail.write(1)
    await trail.seal()
    async with trail.begin.reading(trail.shop.live_scope) as tx:
        first, second = [row["record_id"] for row in await tx.raw.fetch(IDS, trail.shop.id, [0, 1])]
        with pytest.raises(NotFound):
            await prove_record(tx, first)
        assert (await prove_record(tx, second)).position == 1
