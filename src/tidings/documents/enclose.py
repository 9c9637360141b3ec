"""Encloses documents with the messages that tell of them: attached where the channel can carry them, else by link."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import Enclosed, NotYet, Unfetched
from tidings.delivery.ports import Attachment
from tidings.documents.content import content_of
from tidings.documents.errors import DocumentNotMade
from tidings.documents.ports import Store, StoreAway
from tidings.documents.queries import Held, documents_of
from tidings.documents.schemas import file_name
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import parse, wire
from tidings.kit.outage import is_database_away
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope
from tidings.outbox.resume import parked_subjects
from tidings.storefronts.shopbook import ShopBook

# Mail servers take ten megabytes as a rule, and base64 makes four of three.
MOST_BYTES: Final = 7_000_000
# Made documents let the message go; this is for the case that they did not.
_LOOK_AGAIN: Final = timedelta(seconds=30)


class Enclosing:
    """Gives messages their documents."""

    def __init__(self, begin: Begin, shops: ShopBook, clock: Clock, store: Store | None) -> None:
        self._begin = begin
        self._shops = shops
        self._clock = clock
        self._store = store

    async def enclosed(self, message: Claimed, snapshot: Mapping[str, Any]) -> Enclosed:
        """What the message tells of, as far as it is made; never waits longer than the shop's policy lets it.

        Raises:
            NotYet: some of it is still being made.
        """
        told = [each for each in snapshot.get("documents") or () if isinstance(each, Mapping) and each.get("id")]
        if not told:
            return Enclosed(snapshot)
        scope = Scope(message.storefront_id, message.mode)
        async with self._begin.reading(scope) as tx:
            by_id = {wire("doc", held.row.id): held for held in await documents_of(tx, message.order_id)}
            given_up = await parked_subjects(tx, message.order_id, "make_document")
        wanted = [_right_one(each["id"], by_id) for each in told]
        unmade = {each for each in wanted if each not in by_id or by_id[each].file is None}
        await self._wait(message, unmade, given_up)
        made = [by_id[each] for each in wanted if each not in unmade]
        attached = [_named(held) for held in made] if message.channel == "email" and _fits(made) else []
        # The mail says what is attached: what is too large comes by link, as to other channels.
        says = made if attached or message.channel != "email" else []
        kinds = [{"id": wire("doc", held.row.id), "kind": held.row.kind} for held in says]
        return Enclosed({**snapshot, "documents": kinds, "has_documents": bool(made)}, attached)

    async def _wait(self, message: Claimed, unmade: set[str], given_up: set[str]) -> None:
        if not unmade:
            return
        paperwork = (await self._shops.of(message.storefront_id)).policy.paperwork
        waited = self._clock.now() - message.created_at
        if paperwork.if_late == "wait":
            raise NotYet(_LOOK_AGAIN)
        if waited < paperwork.waits and unmade - given_up:
            raise NotYet(min(_LOOK_AGAIN, paperwork.waits - waited))

    async def fetched(self, message: Claimed, attachments: Sequence[Mapping[str, Any]]) -> Sequence[Attachment]:
        """The documents' bytes.

        Raises:
            Unfetched: they cannot be had now.
        """
        scope, found = Scope(message.storefront_id, message.mode), []
        for each in attachments:
            try:
                held, content = await content_of(self._begin, scope, parse("doc", str(each["id"])), self._store)
            except (NotFound, DocumentNotMade, StoreAway) as error:
                raise Unfetched(type(error).__name__) from error
            except Exception as error:
                if not is_database_away(error):
                    raise
                raise Unfetched("the database is away") from error
            found.append(Attachment(file_name(held), str(each["media_type"]), content))
        return found


def _right_one(told: str, by_id: Mapping[str, Held]) -> str:
    """What was told of, or what is in its place: it may have been corrected since, and nobody wants the wrong one."""
    places = {wire("doc", held.row.replaces): each for each, held in by_id.items() if held.row.replaces is not None}
    while told in places:
        told = places[told]
    return told


def _named(held: Held) -> dict[str, Any]:
    file = held.file
    if file is None:
        raise AssertionError
    return {
        "id": wire("doc", held.row.id),
        "name": file_name(held),
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256.hex(),
    }


def _fits(made: Sequence[Held]) -> bool:
    return sum(held.file.size for held in made if held.file is not None) <= MOST_BYTES
