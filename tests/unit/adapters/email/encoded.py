"""Texts from outside, among them such as look like encoded words (RFC 2047) with line breaks in them."""

import base64

from hypothesis import strategies as st

_HIDDEN = "a\r\nX-Evil: 1\r\n\r\nHello"

_q = st.sampled_from(
    ["a=0d=0aX-Evil:_1=0d=0a=0d=0aHello", "=0D=0AX-Evil=3A_1", "=0a", "=0dX-Evil:1", "tea", "", "=C3=A4"]
)
_b = st.sampled_from([_HIDDEN, "\n", "\rX-Evil: 1", "tea"]).map(lambda text: base64.b64encode(text.encode()).decode())
_word = st.builds(
    lambda charset, form, tail: f"=?{charset}?{form[0]}?{form[1]}{tail}",
    st.sampled_from(["utf-8", "UTF-8", "us-ascii", "iso-8859-1*de", "unknown-8bit", "no-such"]),
    st.tuples(st.sampled_from("qQ"), _q) | st.tuples(st.sampled_from("bB"), _b),
    st.sampled_from(["?=", "?= ", "?", ""]),
)
_plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_piece = (
    _plain | _word | st.sampled_from([" ", "\r\n", "=?", "?=", '"', "\\", ",", "<", "(", ")", ":", "@", "Order #1"])
)

outside = st.lists(_piece, max_size=12).map("".join) | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)

# The same in the place of an address, with and without what makes one.
addresses = st.builds(
    lambda local, domain: f"{local}@{domain}",
    _word | st.tuples(_word, st.text("ab.+é ", max_size=5)).map("".join) | st.text("ab=?é", min_size=1, max_size=8),
    st.sampled_from(["evil.example", "müller.example"]) | _word,
)
