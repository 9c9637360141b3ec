"""Bytes with one of them changed, for what must not survive it."""

from hypothesis import strategies as st


def changed_byte(whole: bytes, data: st.DataObject) -> bytes:
    """The same bytes but for one, anywhere."""
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    return whole[:place] + bytes([other]) + whole[place + 1 :]


def is_text(data: bytes) -> bool:
    """Whether it is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
