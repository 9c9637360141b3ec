"""Reads of webhook endpoints, always within one storefront and mode."""

from uuid import UUID

from sqlalchemy import Select, func, select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound
from tidings.webhooks.tables import WebhookEndpointRow


async def endpoints_page(tx: Tx, window: Window) -> Page[WebhookEndpointRow]:
    """The endpoints, newest first."""
    wanted = _endpoints(tx)
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(WebhookEndpointRow.id < after[0])
    rows = list(await tx.session.scalars(wanted.order_by(WebhookEndpointRow.id.desc()).limit(window.limit + 1)))
    more = len(rows) > window.limit
    return Page(rows[: window.limit], encode_cursor(rows[window.limit - 1].id) if more else None)


async def endpoint_by_id(tx: Tx, endpoint_id: UUID | None) -> WebhookEndpointRow:
    """One endpoint.

    Raises:
        NotFound: there is no such endpoint in this storefront and mode.
    """
    return _there((await tx.session.scalars(_endpoints(tx).where(WebhookEndpointRow.id == endpoint_id))).one_or_none())


async def endpoint_for_update(tx: Tx, endpoint_id: UUID | None) -> WebhookEndpointRow:
    """The same, locked until the end of the transaction."""
    wanted = _endpoints(tx).where(WebhookEndpointRow.id == endpoint_id).with_for_update()
    return _there((await tx.session.scalars(wanted)).one_or_none())


async def number_of_endpoints(tx: Tx) -> int:
    """How many there are."""
    return await tx.session.scalar(_endpoints(tx).with_only_columns(func.count())) or 0


def _endpoints(tx: Tx) -> Select[WebhookEndpointRow]:
    return select(WebhookEndpointRow).where(
        WebhookEndpointRow.storefront_id == tx.scope.storefront_id, WebhookEndpointRow.mode == tx.scope.mode
    )


def _there(row: WebhookEndpointRow | None) -> WebhookEndpointRow:
    if row is None:
        raise NotFound
    return row
