"""Whether who writes documents is a full client or one of the lab's, from the first of them."""

import enum
import re

import msgspec
from msgspec import Struct

from salon.core.limits import FIRST_DOCUMENT_BYTES
from salon.wire.framing import DocumentScanner


class Kind(enum.Enum):
    """With whom one has to do."""

    FULL = "a full client"
    LAB = "a client of the lab"
    RELAY = "one end of a stream between two persons"


class _Version(Struct):
    version: int = 0


class _First(Struct):
    type: str = ""
    payload: _Version = msgspec.field(default_factory=_Version)


_first = msgspec.json.Decoder(_First)
_UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_JSON = re.compile(rb"\s*\{\s*(?:[\"}]|\Z)")  # no length before it, no other quotes


class Newcomers:
    """Looks at a connection's bytes until the first document is whole.

    A full client begins with `connect` and a version, or with `ping`, one end of a relay with `relay`; whatever else
    comes is a lab client's.
    """

    def __init__(self) -> None:
        self.bytes = bytearray()  # everything so far: whoever takes over reads it again
        self._scanner = DocumentScanner(FIRST_DOCUMENT_BYTES)

    def feed(self, data: bytes) -> Kind | None:
        """Who it is, or None while that is not clear."""
        self.bytes += data
        if not _JSON.match(self.bytes):
            return Kind.LAB
        document, _ = self._scanner.next(data, 0)
        if document is not None:
            return kind_of(document)
        return Kind.LAB if self._scanner.broken is not None else None


def kind_of(document: bytes) -> Kind:
    """Who begins with this document."""
    try:
        first = _first.decode(document)
    except _UNDECODABLE:
        return Kind.LAB
    if first.type == "relay":
        return Kind.RELAY
    full = first.type == "ping" or (first.type == "connect" and first.payload.version > 0)
    return Kind.FULL if full else Kind.LAB
