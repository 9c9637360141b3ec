from tidings.orders.states import NEXT, ORDER_STATUSES, may_become


def test_every_status_has_its_row_and_leads_to_known_ones() -> None:
    assert set(NEXT) == set(ORDER_STATUSES)
    assert all(set(NEXT[status]) <= set(ORDER_STATUSES) for status in ORDER_STATUSES)
    assert may_become("received") == ("processing", "cancelled")


def test_every_order_comes_to_an_end_and_an_end_is_one() -> None:
    reached = {status: set(NEXT[status]) for status in ORDER_STATUSES}
    for _ in ORDER_STATUSES:
        reached = {s: reached[s].union(*(reached[n] for n in reached[s])) for s in ORDER_STATUSES}
    ends = {"completed", "cancelled"}
    assert all(reached[status] & ends for status in ORDER_STATUSES if status not in ends)
    assert not NEXT["completed"]
    assert not NEXT["cancelled"]


def test_nothing_goes_back_but_with_a_parcel_that_came_back() -> None:
    order = {status: place for place, status in enumerate(ORDER_STATUSES)}
    back = {
        (status, to): verb
        for status in ORDER_STATUSES
        for to, verb in NEXT[status].items()
        if order[to] < order[status]
    }
    assert set(back) == {
        ("partially_shipped", "processing"), ("shipped", "processing"), ("shipped", "partially_shipped"),
    }  # fmt: skip
    assert set(back.values()) == {"take a parcel back", "take the last parcel back"}
