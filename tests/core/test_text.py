"""Text for screens."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with  blanks ", "plain, with  blanks "),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("a\tb", "a\\tb"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b31m\x7f\x00", "\\x9b31m\\x7f\\x00"),
        ("abc\u202egpj.exe", "abc\\u202egpj.exe"),
        ("\u2066x\u2069\u2028y\u2029", "\\u2066x\\u2069\\u2028y\\u2029"),
        ("\ud800", "\\ud800"),
        ("שלום\u200f! 👩\u200d💻", "שלום\u200f! 👩\u200d💻"),
    ],
)
def test_what_would_act_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)
    assert "\n" not in shown
    assert printable(shown) == shown
