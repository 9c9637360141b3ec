import pytest

from tidings.templates.stored.rules import Hand, may_be_author, may_be_same

ANNA, BEN = Hand("staff/anna", "shop"), Hand("staff/ben", "shop")
SHOP, AGENCY = Hand("shop", "shop"), Hand("agency", "agency")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ANNA, ANNA, True),
        (ANNA, Hand("staff/anna", "agency"), True),
        (ANNA, BEN, False),
        (ANNA, SHOP, True),
        (SHOP, SHOP, True),
        (SHOP, AGENCY, False),
        (BEN, AGENCY, False),
    ],
)
def test_a_hand_without_a_name_may_be_anybody_of_its_principal(one, other, same):
    assert may_be_same(one, other) is same
    assert may_be_same(other, one) is same


def test_one_author_among_several_is_one_too_many():
    assert may_be_author(BEN, [ANNA, BEN])
    assert not may_be_author(AGENCY, [ANNA, BEN])
    assert not may_be_author(ANNA, [])
