"""The documents that clients send: `{"type": …, "payload": {…}}`, decoded into values.

A room's commands (`core.commands`) are payloads as they stand. Unknown fields are ignored; a type that is not in the
table, or a payload of another shape, becomes a `Refused` with the id that it carried.
"""

import re
from functools import reduce
from operator import or_
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from salon.core.commands import ChangeTopic, Delete, Edit, Number, Say, Unshelve
from salon.errors import BAD_DOCUMENT, UNKNOWN_TYPE, Refusal, refuse
from salon.wire.files import Raw
from salon.wire.framing import DocumentScanner
from salon.wire.passing import Reach, Request, Share, Supply, Withdraw


class Connect(Struct, frozen=True):
    """Who one is, and where one wants to listen. `rooms` says since when, by room; absent means from now on.

    recent  begin `room` with what was said in it in the last so many seconds, as far as this server has been running
    rename  where the name is in use, or cannot be one: have it mended or numbered rather than refused
    visit   take nobody's name and enter no room: only to ask people for files
    """

    name: str
    room: str = ""
    version: Number = 0
    client: str = ""
    rooms: dict[str, Number] = {}
    recent: Number = 0
    rename: bool = False
    visit: bool = False
    id: str = ""


class Join(Struct, frozen=True):
    """Follow a room. `since`: absent from now, 0 from the first kept, N after entry N, -N the last N."""

    room: str
    since: Number | None = None
    id: str = ""


class Leave(Struct, frozen=True):
    room: str
    id: str = ""


class History(Struct, frozen=True):
    """Up to `limit` entries before number `before` (0: before the end)."""

    room: str = ""
    before: Number = 0
    limit: Number = 50
    id: str = ""


class List(Struct, frozen=True):
    """What there is: `members` of a room, or `rooms`."""

    what: str
    room: str = ""
    id: str = ""


class Typing(Struct, frozen=True):
    room: str = ""
    id: str = ""


class Read(Struct, frozen=True):
    """This person has read the room up to `seq`."""

    seq: Number
    room: str = ""
    id: str = ""


class Upload(Struct, frozen=True):
    """Put a file on a room's shelf: `content` is it in base64, else `file_size` raw bytes follow the document."""

    file_name: str = ""
    content: str | None = None
    file_size: Annotated[int, Meta(ge=0)] | None = None
    room: str = ""
    id: str = ""


class Download(Struct, frozen=True):
    """Get a file of a room's. Whoever says both `name` and `room` gets raw bytes."""

    file_name: str
    name: str = ""
    room: str = ""
    id: str = ""


class Ping(Struct, frozen=True):
    id: str = ""


class Exit(Struct, frozen=True):
    """Goodbye: the session ends now, not when the line breaks."""

    id: str = ""


class Refused(Struct, frozen=True):
    """A document that could not be understood, and what to answer."""

    refusal: Refusal
    id: str = ""


Payload = (
    Connect
    | Say
    | Edit
    | Delete
    | ChangeTopic
    | Unshelve
    | Join
    | Leave
    | History
    | List
    | Typing
    | Read
    | Upload
    | Download
    | Share
    | Request
    | Supply
    | Reach
    | Withdraw
    | Raw
    | Ping
    | Exit
    | Refused
)

VOCABULARY: dict[str, type[Struct]] = {
    "connect": Connect,
    "message": Say,
    "edit": Edit,
    "delete": Delete,
    "topic": ChangeTopic,
    "unshelve": Unshelve,
    "join": Join,
    "leave": Leave,
    "history": History,
    "list": List,
    "typing": Typing,
    "read": Read,
    "upload": Upload,
    "download": Download,
    "share": Share,
    "request": Request,
    "supply": Supply,
    "reach": Reach,
    "withdraw": Withdraw,
    "ping": Ping,
    "exit": Exit,
    "disconnect": Exit,
}


def _document_class(kind: str, payload: type[Struct]) -> type[Struct]:
    needed = any(field.required for field in msgspec.structs.fields(payload))
    field: Any = ("payload", payload) if needed else ("payload", payload, msgspec.field(default_factory=payload))
    return msgspec.defstruct(f"{kind.title()}Document", [field], tag_field="type", tag=kind, frozen=True, gc=False)


_CLASSES: dict[str, Any] = {kind: _document_class(kind, payload) for kind, payload in VOCABULARY.items()}
_UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(reduce(or_, _CLASSES.values()))
# Of lines that come together. What may stand behind an `upload` is no line, so there must be none among them.
_lines: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    reduce(or_, [one for kind, one in _CLASSES.items() if kind != "upload"])
)
_BRINGS_FILE = re.compile(rb'"upload"')


class _Envelope(Struct, frozen=True):
    type: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"{}")


class _OnlyId(Struct, frozen=True):
    id: str = ""


_envelope = msgspec.json.Decoder(_Envelope)
_only_id = msgspec.json.Decoder(_OnlyId)


_encoder = msgspec.json.Encoder()
_TYPE_OF = {payload: kind for kind, payload in reversed(VOCABULARY.items())}


def encode(payload: Struct) -> bytes:
    """A payload of the vocabulary as the document that carries it: one line."""
    return _encoder.encode({"type": _TYPE_OF[type(payload)], "payload": payload}) + b"\n"


class DocumentReader:
    """Bytes of a connection in, payloads out.

    `broken` is why the stream cannot be read any further, once that is so.
    """

    __slots__ = ("_raw", "_scanner")

    def __init__(self) -> None:
        self._scanner = DocumentScanner()
        self._raw = 0  # bytes of a file that are still to come

    @property
    def broken(self) -> Refusal | None:
        return self._scanner.broken

    @property
    def idle(self) -> bool:
        return self._scanner.idle

    @property
    def held(self) -> int:
        """How many bytes are kept of a document that is not whole yet."""
        return self._scanner.held

    @property
    def brings_file(self) -> bool:
        """Whether the document that is not whole yet looks as if it held a file."""
        return _BRINGS_FILE.search(self._scanner.head) is not None

    @property
    def limit(self) -> int:
        """How long a document may be."""
        return self._scanner.limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._scanner.limit = limit

    def feed(self, data: bytes) -> list[Payload]:
        """The payloads of the documents that became whole."""
        payloads: list[Payload] = []
        at, end = 0, 0 if self.broken else data.rfind(b"\n") + 1
        while True:
            if self._raw and at < len(data):  # the byte behind the document is the file's first, whatever it is
                piece = data[at : at + self._raw]
                self._raw -= len(piece)
                at += len(piece)
                payloads.append(Raw(piece))
            if at < end and self._scanner.idle:
                # What well-behaved clients send: whole lines, one document each. One call decodes them all; anything
                # that is not so fails there, and goes the long way.
                try:
                    payloads += [document.payload for document in _lines.decode_lines(data[at:end])]
                    at = end
                except _UNDECODABLE:
                    end = 0
            document, at = self._scanner.next(data, at)
            if document is None:
                return payloads
            payload = decode(document)
            payloads.append(payload)
            if isinstance(payload, Upload) and payload.content is None:
                self._raw = payload.file_size or 0


def decode(document: bytes) -> Payload:
    """The payload of one whole document, or a `Refused` that says what is wrong with it."""
    try:
        payload: Payload = _decoder.decode(document).payload
    except _UNDECODABLE as error:
        return _refused(document, error)
    return payload


def _refused(document: bytes, error: Exception) -> Refused:
    try:
        envelope = _envelope.decode(document)
    except _UNDECODABLE:
        return Refused(refuse(BAD_DOCUMENT, why=str(error)))
    try:
        command_id = _only_id.decode(envelope.payload).id
    except _UNDECODABLE:
        command_id = ""
    if envelope.type not in VOCABULARY:
        return Refused(refuse(UNKNOWN_TYPE, type=envelope.type), command_id)
    return Refused(refuse(BAD_DOCUMENT, why=str(error)), command_id)
