"""Whose language a connection speaks, from its first bytes.

A table, tried in order, of the shapes that begin a language. A connection stays undecided until one of them is there,
a newline came, or so many bytes that none of them can come any more; then it is a person with netcat.
"""

import enum
import re

UNDECIDED_BYTES = 16  # with so many every rule below is sure


class Language(enum.Enum):
    """Who is to talk with a connection."""

    DOCUMENTS = "JSON documents"
    HTTP = "HTTP"
    TLS = "TLS"
    HTTP2 = "HTTP/2"
    SSH = "SSH"
    IRC = "IRC"
    LINES = "plain lines"


_VERBS = rb"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE"
_SHAPES: tuple[tuple[Language, re.Pattern[bytes]], ...] = (
    (Language.DOCUMENTS, re.compile(rb"\{|[0-9 ]{10}\{")),  # some clients put a length of ten bytes ahead
    (Language.HTTP, re.compile(rb"(?:" + _VERBS + rb") [/*]")),
    (Language.TLS, re.compile(rb"\x16\x03")),
    (Language.HTTP2, re.compile(rb"PRI \* ")),
    (Language.SSH, re.compile(rb"SSH-")),
    (Language.IRC, re.compile(rb"(?:NICK|USER|PASS|CAP) ")),
)


def language_of(first: bytes) -> Language | None:
    """The language that these first bytes of a connection are in, or None while more are needed."""
    for language, shape in _SHAPES:
        if shape.match(first):
            return language
    decided = b"\n" in first or len(first) >= UNDECIDED_BYTES
    return Language.LINES if decided else None
