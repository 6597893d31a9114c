"""Where one JSON document ends and the next begins.

Documents come one after the other, with or without blanks and newlines between them, in pieces of any size. The
scanner looks at each byte once and keeps only the document that is not whole yet.
"""

import re

from salon.core.limits import DOCUMENT_BYTES, DOCUMENT_DEPTH, DOCUMENT_TOKENS
from salon.errors import BAD_DOCUMENT, DOCUMENT_TOO_LARGE, Refusal, refuse

_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_MARK = re.compile(rb'["{}\[\]]')  # what matters outside a string
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)  # the rest of a string, up to its quote or a cut
_OPENING = b"{["
HEAD_BYTES = 1024  # of a document that is not whole yet, to see what it will be


class DocumentScanner:
    """Cuts a stream of bytes into documents.

    `feed` returns the documents that became whole. A stream that cannot be followed any further (something else than
    an object between documents, one that is too long or too deep) ends in a refusal: `broken` says why, and nothing is
    read after it.
    """

    __slots__ = ("_depth", "_escaped", "_held", "_in_string", "_tokens", "broken", "limit")

    def __init__(self, limit: int = DOCUMENT_BYTES) -> None:
        self.limit = limit
        self.broken: Refusal | None = None
        self._held = bytearray()  # of the document that is not whole yet; a list of small pieces would be far larger
        self._depth = 0
        self._tokens = 0
        self._in_string = False
        self._escaped = False  # the last byte was a backslash inside a string

    @property
    def idle(self) -> bool:
        """Whether nothing is half read."""
        return not self._depth

    @property
    def held(self) -> int:
        """How many bytes are kept of a document that is not whole yet."""
        return len(self._held)

    @property
    def head(self) -> bytes:
        """How the document that is not whole yet begins."""
        return bytes(self._held[:HEAD_BYTES])

    def feed(self, data: bytes) -> list[bytes]:
        """Every document that becomes whole with these bytes."""
        documents: list[bytes] = []
        at = 0
        while True:
            document, at = self.next(data, at)
            if document is None:
                return documents
            documents.append(document)

    def next(self, data: bytes, at: int) -> tuple[bytes | None, int]:
        """The first document that becomes whole from `at` on, and where the bytes behind it begin.

        None: there is none yet; what has begun is kept.
        """
        if self.broken is None and not self._depth:
            found = _NOT_BLANK.search(data, at)
            at = found.start() if found else len(data)
            if found and data[at] != 0x7B:  # "{"
                self._break(refuse(BAD_DOCUMENT, why="it does not begin with {"))
        if self.broken is not None or at == len(data):
            return None, len(data)
        begin, at = at, self._scan(data, at)
        document = self._take(data[begin:at])
        return document, len(data) if document is None else at

    def _scan(self, data: bytes, at: int) -> int:
        """Follow the document from `at` to its end or the end of the data; where that is."""
        while at < len(data):
            if self._in_string:
                at = self._skip_string(data, at)
                continue
            found = _MARK.search(data, at)
            if found is None:
                return len(data)
            at = found.end()
            self._count(data[at - 1])
            if not self._depth:
                return at
        return at

    def _count(self, mark: int) -> None:
        self._tokens += 1
        if mark == 0x22:  # a quote
            self._in_string = True
        else:
            self._depth += 1 if mark in _OPENING else -1
        if self._depth > DOCUMENT_DEPTH:
            self._break(refuse(BAD_DOCUMENT, why="it is too deep"))
        elif self._tokens > DOCUMENT_TOKENS:
            self._break(refuse(BAD_DOCUMENT, why="it has too many parts"))

    def _skip_string(self, data: bytes, at: int) -> int:
        if self._escaped:
            self._escaped = False
            at += 1
        found = _STRING.match(data, at)
        at = found.end() if found else at
        if at < len(data):
            # The pattern stops at the closing quote, or at a backslash that is the last byte.
            if data[at] == 0x22:
                self._in_string = False
            else:
                self._escaped = True
            at += 1
        return at

    def _take(self, piece: bytes) -> bytes | None:
        """The document, if it is whole with this piece; else keep what there is of it."""
        if self.broken is not None:
            return None
        if len(self._held) + len(piece) > self.limit:
            self._break(refuse(DOCUMENT_TOO_LARGE, limit=self.limit))
            return None
        if self._depth:
            self._held += piece
            return None
        self._tokens = 0
        if not self._held:
            return piece
        self._held += piece
        document = bytes(self._held)
        self._held = bytearray()
        return document

    def _break(self, why: Refusal) -> None:
        self.broken = why
        self._held = bytearray()
        self._depth = 0
