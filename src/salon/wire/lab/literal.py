"""Python's repr of dictionaries, from clients that send it instead of JSON.

Nothing is evaluated: the text is turned into JSON, token by token, and read as that.
"""

import json
import re

from salon.core.limits import DOCUMENT_BYTES, DOCUMENT_DEPTH, DOCUMENT_TOKENS
from salon.errors import BAD_DOCUMENT, DOCUMENT_TOO_LARGE, Refusal, refuse
from salon.wire.framing import HEAD_BYTES

_BLANK = b" \t\r\n"
_MARK = re.compile(rb"['\"{}\[\]]")  # what matters outside a string
_INSIDE = re.compile(rb"['\"\\]")  # and inside one
_OPENING = b"{["
_QUOTES = b"'\""


class LiteralScanner:
    """Cuts a stream of bytes into literals of dictionaries, as `DocumentScanner` does with JSON."""

    def __init__(self, limit: int = DOCUMENT_BYTES) -> None:
        self.broken: Refusal | None = None
        self.limit = limit
        self._held = bytearray()
        self._depth = 0
        self._tokens = 0
        self._quote = 0  # what ends the string that one is in
        self._escaped = False

    @property
    def idle(self) -> bool:
        return not self._depth

    @property
    def held(self) -> int:
        """How many bytes are kept of a literal that is not whole yet."""
        return len(self._held)

    @property
    def head(self) -> bytes:
        """How the literal that is not whole yet begins."""
        return bytes(self._held[:HEAD_BYTES])

    def next(self, data: bytes, at: int) -> tuple[bytes | None, int]:
        """The first literal that becomes whole from `at` on, and where the bytes behind it begin."""
        if not self._depth:
            while at < len(data) and data[at] in _BLANK:
                at += 1
            if at < len(data) and data[at] != 0x7B:  # "{"
                self._break(refuse(BAD_DOCUMENT, why="it does not begin with {"))
        begin = at
        while at < len(data) and self.broken is None:
            at = self._step(data, at)
            if not self._depth:
                break
        self._held += data[begin:at]
        if len(self._held) > self.limit:
            self._break(refuse(DOCUMENT_TOO_LARGE, limit=self.limit))
        if self.broken is not None or self._depth or not self._held:
            return None, len(data)
        whole, self._held, self._tokens = bytes(self._held), bytearray(), 0
        return whole, at

    def _step(self, data: bytes, at: int) -> int:
        """Go on to behind the next byte that matters."""
        if self._escaped:
            self._escaped = False
            return at + 1
        found = (_INSIDE if self._quote else _MARK).search(data, at)
        if found is None:
            return len(data)
        self._count(data[found.start()])
        return found.end()

    def _count(self, mark: int) -> None:
        self._tokens += 1
        if self._quote:
            self._escaped = mark == 0x5C  # a backslash
            if mark == self._quote:
                self._quote = 0
        elif mark in _QUOTES:
            self._quote = mark
        else:
            self._depth += 1 if mark in _OPENING else -1
        if self._depth > DOCUMENT_DEPTH:
            self._break(refuse(BAD_DOCUMENT, why="it is too deep"))
        elif self._tokens > DOCUMENT_TOKENS:
            self._break(refuse(BAD_DOCUMENT, why="it has too many parts"))

    def _break(self, why: Refusal) -> None:
        self.broken = why
        self._held = bytearray()


_TOKEN = re.compile(
    r"""[bu]?'(?P<one>[^'\\]*+(?:\\.[^'\\]*+)*+)'|[bu]?"(?P<two>[^"\\]*+(?:\\.[^"\\]*+)*+)"|(?P<word>[A-Za-z]+)""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<c>.))", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}
_WORDS = {"True": "true", "False": "false", "None": "null"}


def json_of(literal: bytes) -> bytes:
    """The literal as JSON. What is neither a string, a number nor a constant stays, and no JSON can be read from it.

    Raises UnicodeDecodeError where the bytes are not UTF-8.
    """
    return _TOKEN.sub(_token, literal.decode()).encode(errors="replace")


def _token(match: re.Match[str]) -> str:
    if match["word"]:
        return _WORDS.get(match["word"], match["word"])
    return json.dumps(_ESCAPE.sub(_character, match["one"] or match["two"] or ""))


def _character(match: re.Match[str]) -> str:
    if match["c"]:
        return _CONTROLS.get(match["c"], match["c"])
    number = int(match["x"] or match["u"] or match["U"], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
