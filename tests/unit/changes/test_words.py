from tidings.changes.words import TOO_LATE, too_late


def test_the_language_is_the_orders_own_or_english() -> None:
    assert too_late("de-AT") == TOO_LATE["de"]
    assert too_late("pt_BR") == TOO_LATE["pt"]
    assert too_late("tlh") == TOO_LATE["en"]
    assert len(set(TOO_LATE.values())) == len(TOO_LATE) == 11
