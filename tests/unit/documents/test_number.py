from tidings.documents.number import printed


def test_numbers_are_printed_with_six_digits_or_more() -> None:
    assert printed("INV-", 17) == "INV-000017"
    assert printed("RE-2026-", 12_345_678) == "RE-2026-12345678"
