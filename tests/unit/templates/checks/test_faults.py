from tidings.templates.checks.faults import Flaw, told_once


def test_what_is_wrong_is_told_once_and_not_without_end():
    flaws = [Flaw("/a", "x"), Flaw("/b", "y"), Flaw("/a", "x")]
    assert told_once(flaws) == flaws[:2]
    assert len(told_once(Flaw("/a", str(number)) for number in range(1000))) == 100
