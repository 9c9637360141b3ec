"""Gathers what a review goes by: service levels, missed promises, feedback and templates of a time."""

from datetime import datetime, timedelta
from typing import Final

from tidings.feedback.figures import feedback_figures
from tidings.kit.db import Tx
from tidings.reports.business_clock import business_clock
from tidings.reports.service_levels import Asked, service_levels
from tidings.reports.templates import AskedTemplates, template_reports
from tidings.reviews.schemas import MissedPromises, ReviewInput
from tidings.storefronts.keep_rules import rules_during

# A review that comes later than a year after the last one looks back a year, and no farther.
_LONGEST: Final = timedelta(days=366)


async def gathered(tx: Tx, since: datetime, until: datetime, zone: str) -> ReviewInput:
    """The figures of the transaction's storefront and mode, of a time that ends now or has ended."""
    since = max(since, until - _LONGEST)
    rules = await rules_during(tx, tx.scope.storefront_id, since, until)
    wanted = Asked(since, until, "all", "kind", zone)
    levels = await service_levels(tx, wanted, business_clock(rules, since, until), now=until)
    return ReviewInput(
        mode=tx.scope.mode,
        from_at=since,
        until=until,
        service_levels=levels,
        missed_promises=[
            MissedPromises(kind=level.kind, late=level.late, missed=level.missed)
            for level in levels
            if level.late or level.missed
        ],
        feedback=await feedback_figures(tx, since, until),
        templates=await template_reports(tx, AskedTemplates(since, until)),
    )
