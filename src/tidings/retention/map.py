"""The map of personal data: every table of the product, as the slice that owns it says."""

from collections.abc import Iterable, Sequence
from typing import Final

from tidings.callbacks import keeping as callbacks
from tidings.changes import keeping as changes
from tidings.deadlines import keeping as deadlines
from tidings.delivery import keeping as delivery
from tidings.documents import keeping as documents
from tidings.feedback import keeping as feedback
from tidings.issues import keeping as issues
from tidings.kit.db import metadata
from tidings.kit.keeping import Keeping
from tidings.kit.kinds import Kind
from tidings.orders import keeping as orders
from tidings.outbox import keeping as outbox
from tidings.records import keeping as records
from tidings.retention import keeping as retention
from tidings.shipments import keeping as shipments
from tidings.storefronts import keeping as storefronts
from tidings.tasks import keeping as tasks
from tidings.templates.stored import keeping as templates
from tidings.verification import keeping as verification
from tidings.webhooks import keeping as webhooks

Map = Sequence[Keeping]

# Slices whose rows are personal, or are not; adapters bring theirs at the start (bootstrap).
SLICES: Final[Map] = (
    *orders.KEEPING,
    *shipments.KEEPING,
    *issues.KEEPING,
    *changes.KEEPING,
    *verification.KEEPING,
    *documents.KEEPING,
    *feedback.KEEPING,
    *delivery.KEEPING,
    *deadlines.KEEPING,
    # Before the tasks, by which some of its rows are found.
    *records.KEEPING,
    *tasks.KEEPING,
    *webhooks.KEEPING,
    *callbacks.KEEPING,
    *outbox.KEEPING,
    *storefronts.KEEPING,
    *templates.KEEPING,
    *retention.KEEPING,
)


def of_orders(known: Map, *kinds: Kind) -> list[Keeping]:
    """The tables of these kinds whose rows belong to orders, those that point to others first."""
    return [each for each in children_first(known) if each.kind in kinds and each.has_orders]


def loose(known: Map) -> list[Keeping]:
    """The rows that go by their age alone."""
    return [each for each in known if each.loose and each.age]


def children_first(known: Iterable[Keeping]) -> list[Keeping]:
    """So that a row is gone before the one that it points to."""
    places = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
    # What nobody else knows of points to others, if anything.
    return sorted(known, key=lambda each: -places.get(each.table.name, len(places)))
