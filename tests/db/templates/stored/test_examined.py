import pytest

from tests.db.templates.stored.conftest import ANNA
from tests.fixtures.templates import SMS
from tidings.kit.problem import PreconditionFailed
from tidings.templates.checks.examine import Report
from tidings.templates.checks.faults import Flaw
from tidings.templates.stored.errors import TemplateFaulty
from tidings.templates.stored.examined import Examined, examine_stored
from tidings.templates.stored.revise import ReviseTemplate, revise_template


async def test_a_version_that_changes_while_it_is_examined_is_examined_again(
    begin, shop, clock, templates, workshop, draft
) -> None:
    row = await draft()
    examined = await examine_stored(row.id, begin=begin, scope=shop.scope, workshop=workshop, status="draft")
    assert examined is not None
    assert examined.require(row).faults == []
    patch = {"wording": {"en": {"sms": SMS}}}
    async with begin(shop.scope) as tx:
        row = await revise_template(tx, ReviseTemplate(row.id, ANNA, patch), templates=templates, now=clock.now())
    with pytest.raises(PreconditionFailed):
        examined.require(row)


async def test_what_does_not_stand_there_is_not_examined(begin, shop, workshop, draft) -> None:
    row = await draft()
    assert await examine_stored(row.id, begin=begin, scope=shop.scope, workshop=workshop, status="in_review") is None


async def test_what_is_wrong_is_told_with_its_place(draft) -> None:
    row = await draft()
    with pytest.raises(TemplateFaulty) as told:
        Examined(row.revision, Report([Flaw("/wording/de", "is wrong")], [])).require(row)
    assert [(fault.pointer, fault.detail) for fault in told.value.faults] == [("/wording/de", "is wrong")]
