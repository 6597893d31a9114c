"""Fetching a file over a stream of its own: a line that asks, a line that answers, then the bytes as they are.

The same on every stream that carries files between two programs: QUIC, direct TCP and the relay. What is asked for is
told by offset and length, so a fetch can go on where another one, over any of them, was cut.
"""

import msgspec
from msgspec import Struct

from salon.core.limits import FETCH_LINE_BYTES
from salon.errors import BAD_DOCUMENT, Refusal, SalonError, refuse

ALPN = b"salon/fetch/1"  # what a QUIC connection for this names as its protocol
_HASH_DIGITS = frozenset("0123456789abcdef")
_MOST_BYTES = (1 << 63) - 1


class Fetch(Struct, frozen=True, omit_defaults=True):
    """What is asked for. `ticket` is good for one fetch.

    room    with `name` or `sha256`, or both: a file of this room's; with both, `name` must still have this hash
    id      instead of a room: what two persons agreed upon before, in the server's hearing
    offset  bytes of the file that are not wanted, at its beginning
    length  bytes that are wanted; None for all to the end
    halts   whether whoever asks will stand still behind these, until it asks for the rest
    """

    ticket: str = ""
    room: str = ""
    name: str = ""
    sha256: str = ""
    id: str = ""
    offset: int = 0
    length: int | None = None
    halts: bool = False


class Found(Struct, frozen=True):
    """The file is there: `length` bytes of it follow, from `offset` on. `size` and `sha256` are those of the whole.

    A person who hands out a file may not know its hash; the server always does.
    """

    size: int
    sha256: str
    offset: int
    length: int


class Missing(Struct, frozen=True, omit_defaults=True):
    """Nothing follows: `code` and `message` of the catalogue say why, `retry` whether asking again may help."""

    code: str
    message: str
    retry: bool = False


class FirstLine:
    """Bytes of a stream in, its first line out; what stands behind it is `rest`."""

    def __init__(self, limit: int = FETCH_LINE_BYTES) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self.rest = b""

    def feed(self, data: bytes) -> bytes | None:
        """The line without its end, once it is whole. Raises SalonError where it gets too long."""
        searched = len(self._bytes)
        self._bytes += data
        end = self._bytes.find(b"\n", searched)
        if (end if end >= 0 else len(self._bytes)) > self._limit:
            raise SalonError(refuse(BAD_DOCUMENT, why=f"its line has more than {self._limit} bytes"))
        if end < 0:
            return None
        line, self.rest = bytes(self._bytes[:end]), bytes(self._bytes[end + 1 :])
        return line


_encoder = msgspec.json.Encoder()
_fetches = msgspec.json.Decoder(Fetch)


class _Answer(Struct, frozen=True):
    """Either answer, before one knows which."""

    size: int = -1
    sha256: str = ""
    offset: int = -1
    length: int = -1
    code: str = ""
    message: str = ""
    retry: bool = False


_answers = msgspec.json.Decoder(_Answer)


def encode(line: Fetch | Found | Missing) -> bytes:
    """The line as it goes out."""
    return _encoder.encode(line) + b"\n"


def decode_fetch(line: bytes) -> Fetch | Refusal:
    """What a line asks for, or why it asks for nothing that can be had."""
    try:
        fetch = _fetches.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return refuse(BAD_DOCUMENT, why=error)
    if bool(fetch.id) == bool(fetch.room):
        return refuse(BAD_DOCUMENT, why="a fetch has a `room` or an `id`")
    if fetch.room and not (fetch.name or fetch.sha256):
        return refuse(BAD_DOCUMENT, why="a fetch from a room has a `name` or a `sha256`")
    if not _is_span(fetch.offset, fetch.length or 0):
        return refuse(BAD_DOCUMENT, why="there are no such `offset` and `length`")
    return fetch


def decode_found(line: bytes) -> Found | Missing:
    """What a line answers. Raises SalonError where it answers nothing that can be understood."""
    try:
        answer = _answers.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SalonError(refuse(BAD_DOCUMENT, why=error)) from error
    if answer.code:
        return Missing(answer.code, answer.message, answer.retry)
    found = Found(answer.size, answer.sha256, answer.offset, answer.length)
    whole = _is_span(found.offset, found.length) and found.offset + found.length <= found.size
    if not whole or (found.sha256 and not is_hash(found.sha256)):
        raise SalonError(refuse(BAD_DOCUMENT, why="it tells of no file"))
    return found


def is_hash(text: str) -> bool:
    """Whether this is a SHA-256 as it is written here: 64 small hex digits."""
    return len(text) == 64 and _HASH_DIGITS.issuperset(text)


def span(fetch: Fetch, size: int) -> range:
    """Which bytes of a file of this size are wanted; none where it begins behind the end."""
    begin = min(fetch.offset, size)
    return range(begin, size if fetch.length is None else min(begin + fetch.length, size))


def missing(refusal: Refusal) -> Missing:
    """A refusal as an answer."""
    return Missing(refusal.code, refusal.message, refusal.problem.retry)


def _is_span(offset: int, length: int) -> bool:
    return 0 <= offset <= _MOST_BYTES and 0 <= length <= _MOST_BYTES
