import pytest

from tests.db.issues.counter import Counter
from tests.fixtures.shop import Shop
from tidings.issues.queries import IssueFilter, issue_by_id, issues_page
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import NotFound

ALL = Window(limit=50)


async def test_issues_are_found_by_what_they_are(counter: Counter) -> None:
    first, second = await counter.order(), await counter.order()
    rows = [
        await counter.open(first, kind="out_of_stock", owner="staff/anna", due_at=counter.later(hours=1)),
        await counter.open(second, kind="other", owner="staff/bo"),
    ]
    await counter.resolve(rows[1].id)
    for asked, found in (
        (IssueFilter(), [0, 1]),
        (IssueFilter(status="open"), [0]),
        (IssueFilter(kind="other"), [1]),
        (IssueFilter(order_id=first), [0]),
        (IssueFilter(owner="staff/bo"), [1]),
        (IssueFilter(due_before=counter.later(hours=2)), [0]),
        (IssueFilter(due_before=counter.later(hours=1)), []),
        (IssueFilter(status="open", owner="staff/bo"), []),
    ):
        async with counter.begin.reading(counter.shop.scope) as tx:
            page = await issues_page(tx, asked, ALL)
        assert [row.id for row in page.items] == [rows[n].id for n in found], asked


async def test_they_are_listed_stretch_by_stretch_the_oldest_first(counter: Counter) -> None:
    order_id = await counter.order()
    opened = [(await counter.open(order_id)).id for _ in range(3)]
    async with counter.begin.reading(counter.shop.scope) as tx:
        first = await issues_page(tx, IssueFilter(), Window(limit=2))
        assert first.next_cursor is not None
        rest = await issues_page(tx, IssueFilter(), Window(limit=2, after=decode_cursor(first.next_cursor)))
    assert [row.id for row in [*first.items, *rest.items]] == opened
    assert rest.next_cursor is None


async def test_nobody_elses_are_found(counter: Counter, other_shop: Shop) -> None:
    row = await counter.open(await counter.order())
    for scope in (other_shop.scope, counter.shop.live_scope):
        async with counter.begin.reading(scope) as tx:
            assert (await issues_page(tx, IssueFilter(), ALL)).items == []
            for issue_id in (row.id, new_id(), None):
                with pytest.raises(NotFound):
                    await issue_by_id(tx, issue_id)
    async with counter.begin.reading(counter.shop.scope) as tx:
        assert (await issue_by_id(tx, row.id)).id == row.id
