"""The documents that clients send: `{"type": …, "payload": {…}}`, decoded into values.

A room's commands (`core.commands`) are payloads as they stand. Unknown fields are ignored; a type that is not in the
table, or a payload of another shape, becomes a `Refused` with the id that it carried.
"""

from typing import Any

import msgspec
from msgspec import Struct

from salon.core.commands import ChangeTopic, Delete, Edit, Number, Say, Unshelve
from salon.errors import BAD_DOCUMENT, UNKNOWN_TYPE, Refusal, refuse
from salon.wire.framing import DocumentScanner


class Connect(Struct, frozen=True):
    """Who one is, and where one wants to listen. `rooms` says since when, by room; absent means from now on.

    recent  begin `room` with what was said in it in the last so many seconds, as far as this server has been running
    rename  where the name is in use, or cannot be one: have it mended or numbered rather than refused
    """

    name: str
    room: str = ""
    version: Number = 0
    client: str = ""
    rooms: dict[str, Number] = {}
    recent: Number = 0
    rename: bool = False
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
    "ping": Ping,
    "exit": Exit,
    "disconnect": Exit,
}


def _document_class(kind: str, payload: type[Struct]) -> type[Struct]:
    needed = any(field.required for field in msgspec.structs.fields(payload))
    field: Any = ("payload", payload) if needed else ("payload", payload, msgspec.field(default_factory=payload))
    return msgspec.defstruct(f"{kind.title()}Document", [field], tag_field="type", tag=kind, frozen=True, gc=False)


_DOCUMENT: Any = None
for _kind, _payload in VOCABULARY.items():
    _class = _document_class(_kind, _payload)
    _DOCUMENT = _class if _DOCUMENT is None else _DOCUMENT | _class

_UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_DOCUMENT)


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

    __slots__ = ("_scanner",)

    def __init__(self) -> None:
        self._scanner = DocumentScanner()

    @property
    def broken(self) -> Refusal | None:
        return self._scanner.broken

    @property
    def idle(self) -> bool:
        return self._scanner.idle

    def feed(self, data: bytes) -> list[Payload]:
        """The payloads of the documents that became whole."""
        payloads: list[Payload] = []
        at, end = 0, 0 if self.broken else data.rfind(b"\n") + 1
        while True:
            if at < end and self._scanner.idle:
                # What well-behaved clients send: whole lines, one document each. One call decodes them all; anything
                # that is not so fails there, and goes the long way.
                try:
                    payloads += [document.payload for document in _decoder.decode_lines(data[at:end])]
                    at = end
                except _UNDECODABLE:
                    end = 0
            document, at = self._scanner.next(data, at)
            if document is None:
                return payloads
            payloads.append(decode(document))


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
