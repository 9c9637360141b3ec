"""Imports every slice's tables, so that Alembic (and the test that compares) sees one MetaData."""

from tidings.adapters.sandbox import tables as _sandbox
from tidings.callbacks import tables as _callbacks
from tidings.changes import tables as _changes
from tidings.deadlines import tables as _deadlines
from tidings.delivery import tables as _delivery
from tidings.documents import tables as _documents
from tidings.feedback import tables as _feedback
from tidings.issues import tables as _issues
from tidings.kit import idempotency as _idempotency
from tidings.kit.db import metadata
from tidings.orders import tables as _orders
from tidings.outbox import tables as _outbox
from tidings.records import tables as _records
from tidings.retention import tables as _retention
from tidings.reviews import tables as _reviews
from tidings.shipments import tables as _shipments
from tidings.storefronts import tables as _storefronts
from tidings.tasks import tables as _tasks
from tidings.templates.stored import tables as _templates
from tidings.verification import tables as _verification
from tidings.webhooks import tables as _webhooks

__all__ = ["metadata"]
