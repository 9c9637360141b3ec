import pytest
from sqlalchemy import select

from tests.db.templates.stored.conftest import ANNA, BORIS, report_of
from tests.fixtures.templates import SMS, built_in_layout
from tidings.templates.checks.examine import Report
from tidings.templates.checks.faults import Flaw
from tidings.templates.stored.errors import TemplateFaulty
from tidings.templates.stored.examined import Examined
from tidings.templates.stored.load import version_of
from tidings.templates.stored.publish import PublishTemplate, publish_template
from tidings.templates.stored.review import ReviewTemplate, review_template
from tidings.templates.stored.roll_back import RollBackTemplate, roll_back_template
from tidings.templates.stored.submit import SubmitTemplate, submit_template
from tidings.templates.stored.tables import TemplateVersionRow


async def test_what_a_newer_release_calls_unsound_is_not_published(begin, shop, clock, templates, draft) -> None:
    row = await draft()
    sound = Examined(row.revision, report_of(templates, version_of(row)))
    async with begin(shop.scope) as tx:
        await submit_template(tx, SubmitTemplate(row.id, ANNA, sound), now=clock.now())
        await review_template(tx, ReviewTemplate(row.id, BORIS, "approved"), now=clock.now())
    unsound = Examined(row.revision, Report([Flaw("/wording/de/sms", "does not tell contact")], []))
    with pytest.raises(TemplateFaulty):
        async with begin(shop.scope) as tx:
            await publish_template(tx, PublishTemplate(row.id, BORIS, unsound), now=clock.now())
    async with begin(shop.scope) as tx:
        assert (await tx.session.scalars(select(TemplateVersionRow.status))).one() == "in_review"


async def test_a_layout_is_kept_made_ready(publish) -> None:
    row = await publish({}, layout=built_in_layout())
    assert set(row.compiled) == {"ltr", "rtl", "text"}
    assert "<mj-" not in row.compiled["ltr"]


async def test_of_several_one_is_in_force_and_the_words_of_an_earlier_one_come_back(
    begin, shop, clock, templates, publish
) -> None:
    first, second = await publish({}, layout=built_in_layout()), await publish({"de": {"sms": SMS}})
    examined = Examined(first.revision, report_of(templates, version_of(first)))
    async with begin(shop.scope) as tx:
        back = await roll_back_template(tx, RollBackTemplate(first.id, BORIS, examined), now=clock.now())
    assert (back.version, back.layout, back.compiled) == (103, first.layout, first.compiled)
    assert (back.authors, back.approved_by) == (first.authors, "staff/boris")
    async with begin(shop.scope) as tx:
        rows = await tx.session.scalars(select(TemplateVersionRow).order_by(TemplateVersionRow.version))
        found = [(row.id, row.status) for row in rows]
    assert found == [(first.id, "retired"), (second.id, "retired"), (back.id, "published")]
