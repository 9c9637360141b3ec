"""Versions brought to where a test needs them, by the verbs themselves."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tests.fixtures.templates import WORDING
from tidings.kit.db import Begin
from tidings.templates.checks.examine import Report, Version, examine
from tidings.templates.render import Templates
from tidings.templates.stored.draft import draft_template
from tidings.templates.stored.examined import Examined
from tidings.templates.stored.load import version_of
from tidings.templates.stored.publish import PublishTemplate, publish_template
from tidings.templates.stored.review import ReviewTemplate, review_template
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.submit import SubmitTemplate, submit_template
from tidings.templates.stored.tables import TemplateVersionRow
from tidings.templates.stored.wanted import TemplateDraft

ANNA, BORIS = Hand("staff/anna", "teahouse-test"), Hand("staff/boris", "teahouse-test")

Draft = Callable[..., Awaitable[TemplateVersionRow]]
Publish = Callable[..., Awaitable[TemplateVersionRow]]


@pytest.fixture
def draft(begin: Begin, shop: Shop, clock: FixedClock, templates: Templates) -> Draft:
    async def begun(wording: Any = WORDING, milestone: str = "order_confirmation", **more: Any) -> TemplateVersionRow:
        wanted = TemplateDraft.model_validate({"milestone": milestone, "wording": wording} | more)
        async with begin(shop.scope) as tx:
            return await draft_template(tx, wanted, ANNA, templates=templates, now=clock.now())

    return begun


@pytest.fixture
def publish(begin: Begin, shop: Shop, clock: FixedClock, templates: Templates, draft: Draft) -> Publish:
    """Drafted, submitted, approved and published."""

    async def out(*given: Any, **more: Any) -> TemplateVersionRow:
        row = await draft(*given, **more)
        examined = Examined(row.revision, report_of(templates, version_of(row)))
        async with begin(shop.scope) as tx:
            await submit_template(tx, SubmitTemplate(row.id, ANNA, examined), now=clock.now())
        async with begin(shop.scope) as tx:
            await review_template(tx, ReviewTemplate(row.id, BORIS, "approved"), now=clock.now())
        async with begin(shop.scope) as tx:
            return await publish_template(tx, PublishTemplate(row.id, BORIS, examined), now=clock.now())

    return out


def report_of(templates: Templates, version: Version) -> Report:
    report = examine(templates, version)
    assert report.faults == []
    return report
