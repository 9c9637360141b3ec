"""One link is not followed without end."""

from tidings.feedback.buckets import Buckets


class Stopwatch:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_bucket_is_emptied_and_fills_again() -> None:
    watch = Stopwatch()
    buckets = Buckets(most=2, seconds=16, clock=watch)
    assert [buckets.take("a") for _ in range(3)] == [None, None, 8.0]
    watch.at += 4
    assert buckets.take("a") == 4.0
    watch.at += 4
    assert buckets.take("a") is None
    assert buckets.take("a") == 8.0


def test_one_does_not_empty_anothers() -> None:
    buckets = Buckets(most=1, seconds=60, clock=Stopwatch())
    assert buckets.take("a") is None
    assert buckets.take("b") is None
    assert buckets.take("a") is not None


def test_it_fills_to_the_brim_and_no_farther() -> None:
    watch = Stopwatch()
    buckets = Buckets(most=2, seconds=10, clock=watch)
    buckets.take("a")
    watch.at += 10_000
    assert [buckets.take("a") for _ in range(3)] == [None, None, 5.0]


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    buckets = Buckets(most=1, seconds=1e9, clock=Stopwatch())
    for number in range(10_002):
        buckets.take(number)
    assert len(buckets._buckets) == 10_000
    assert buckets.take(0) is None, "forgotten"
    assert buckets.take(10_001) is not None
