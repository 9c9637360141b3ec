"""A shop that keeps its documents in a bucket, and whoever takes them away."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tests.db.documents.desk import Desk
from tests.fixtures.documents import Shelf
from tests.fixtures.facts import told
from tidings.documents.delete_blobs import delete_blobs
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.outbox.fetch import LeaseLost
from tidings.retention.erase import erase_some
from tidings.retention.map import SLICES
from tidings.retention.person import Meant
from tidings.retention.request_erasure import RequestErasure, request_erasure
from tidings.retention.run import run_retention

# The document and its store.
Notes = list[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Over a desk that uses it."""

    desk: Desk
    shelf: Shelf
    keeper: Begin

    async def sold(self, number: str = "D-1") -> UUID:
        """An order with an invoice, which the law keeps, and a warranty, which it does not; both made."""
        order_id = await self.desk.delivered(number)
        await self.desk.complete(order_id)
        assert await self.desk.make() == 2
        return order_id

    async def half_made(self) -> None:
        """Both files are put, and whoever did it died before their rows were written."""
        errands = await self.desk.fetched()
        async with self.desk.begin.across() as tx:
            await tx.raw.execute("UPDATE errands SET lease_token = gen_random_uuid()")
        for errand in errands:
            try:
                await self.desk.carry_out(errand)
            except LeaseLost:
                continue
            raise AssertionError
        async with self.desk.begin.across() as tx:
            await tx.raw.execute("UPDATE errands SET lease_until = NULL, lease_token = NULL")

    async def erased(self, order_id: UUID) -> None:
        """As far as may be."""
        scope, now = self.desk.shop.scope, self.desk.clock.now()
        async with self.desk.begin(scope) as tx:
            command = RequestErasure(Meant(order=wire("ord", order_id)), "tests")
            erasure_id = (await request_erasure(tx, command, now=now)).id
        is_over = False
        while not is_over:
            async with self.keeper(scope) as tx:
                is_over = await erase_some(tx, erasure_id, SLICES, now=now)

    async def ages(self, years: int) -> None:
        """So many years go by, and then there is a round of retention."""
        now = self.desk.clock.advance(timedelta(days=366 * years))
        await run_retention(self.keeper, self.desk.shop.scope, SLICES, actor="tests", now=now)

    async def empties(self) -> int:
        """What is due in the bucket goes."""
        return await delete_blobs(self.desk.begin, self.shelf)

    async def waits(self, how_long: timedelta) -> None:
        """Notes go by the database's clock, which cannot be turned."""
        async with self.desk.begin.across() as tx:
            await tx.raw.execute("UPDATE blobs_to_delete SET due_at = due_at - $1::interval", how_long)

    async def notes(self) -> Notes:
        """What is noted."""
        rows = await told(self.desk.begin, "SELECT document_id, store FROM blobs_to_delete ORDER BY document_id")
        return [(row["document_id"], row["store"]) for row in rows]

    async def kinds(self) -> list[str]:
        """Of the documents whose files are in the bucket."""
        rows = await told(self.desk.begin, "SELECT id, kind FROM documents ORDER BY kind, id")
        kept = {key.rpartition("/")[2] for key in self.shelf.kept}
        known = {f"{wire('doc', row['id'])}.pdf": row["kind"] for row in rows}
        return sorted(known.get(name, "nobody's") for name in kept)
