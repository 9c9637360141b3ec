from tidings.templates.catalogue import read
from tidings.templates.stored.kinds import FIRST_OWN, origin_of


def test_no_number_means_two_versions():
    assert all(milestone.version < FIRST_OWN for milestone in read().milestones.values())
    assert [origin_of(version) for version in (1, 100, 101)] == ["built-in", "built-in", "shop"]
