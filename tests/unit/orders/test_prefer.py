import pytest

from tidings.orders.prefer import is_lenient


@pytest.mark.parametrize(
    "fields",
    [
        ["handling=lenient"],
        ["Handling=Lenient"],
        ['handling = "lenient"'],
        ["respond-async, handling=lenient"],
        ["respond-async, wait=10", "handling=lenient"],
        ["handling=lenient; odd=1"],
        ["handling=lenient, handling=strict"],
    ],
)
def test_it_is_found_however_it_is_written(fields: list[str]) -> None:
    assert is_lenient(fields)


@pytest.mark.parametrize(
    "fields",
    [[], [""], ["handling=strict"], ["handling"], ["handling=strict, handling=lenient"], ["nohandling=lenient"]],
)
def test_nothing_else_is_taken_for_it(fields: list[str]) -> None:
    assert not is_lenient(fields)
