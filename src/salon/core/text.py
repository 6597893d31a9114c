"""Text as a line on a screen: what it says, never what it would do."""

import re

# C0, DEL and C1 controls; line and paragraph separators; what turns the direction of the text behind it; what is not
# whole Unicode. U+200E, U+200F and U+061C stay: they are part of how Hebrew and Arabic are written.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    r"""The text on one line, with everything that could move a cursor or reorder what is seen made visible.

    A newline becomes `\n`, an escape character `\x1b`, a bidirectional override `\u202e`.
    """
    return _ACTING.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
