"""Every slice's routes, the busiest first: they are tried in this order."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter

from tidings.api import explorer, health, records, seals
from tidings.callbacks import routes as callbacks
from tidings.changes import refund_routes as refunds
from tidings.changes import routes as changes
from tidings.deadlines import routes as deadlines
from tidings.delivery import routes as delivery
from tidings.delivery import template_routes as template_trials
from tidings.documents import link_routes as document_links
from tidings.documents import routes as documents
from tidings.feedback import page_routes as feedback_page
from tidings.feedback import routes as feedback
from tidings.issues import routes as issues
from tidings.milestones import routes as promises
from tidings.orders import communication_routes as communications
from tidings.orders import intake_routes as intake
from tidings.orders import routes as orders
from tidings.reports import routes as reports
from tidings.reports import template_routes as template_reports
from tidings.retention import hold_routes as holds
from tidings.retention import routes as privacy
from tidings.reviews import routes as reviews
from tidings.shipments import routes as shipments
from tidings.storefronts import connection_routes as connections
from tidings.storefronts import key_routes as keys
from tidings.storefronts import routes as storefront
from tidings.storefronts import rule_routes as rules
from tidings.tasks import routes as tasks
from tidings.templates.stored import routes as templates
from tidings.templates.stored import step_routes as template_steps
from tidings.verification import routes as verification
from tidings.verification import stock_routes as stock
from tidings.webhooks import endpoint_routes as webhook_endpoints
from tidings.webhooks import routes as events

ROUTERS: Final[tuple[APIRouter, ...]] = (
    intake.router,
    orders.router,
    documents.order_router,
    communications.router,
    verification.router,
    shipments.router,
    issues.router,
    changes.router,
    refunds.router,
    callbacks.router,
    documents.router,
    document_links.router,
    delivery.router,
    tasks.router,
    deadlines.router,
    stock.router,
    promises.router,
    reports.router,
    template_reports.router,
    feedback_page.router,
    feedback.router,
    reviews.router,
    events.router,
    records.router,
    seals.router,
    holds.router,
    privacy.router,
    storefront.router,
    rules.router,
    keys.router,
    connections.router,
    webhook_endpoints.router,
    templates.router,
    template_steps.router,
    template_trials.router,
    health.router,
    explorer.router,
)

# They read raw bytes and answer ready ones: the gate calls them without the framework's help (api/direct.py).
DIRECT: Final[frozenset[Callable[..., Any]]] = frozenset({intake.place, intake.place_batch, callbacks.take_callback})
