"""The documents that the server sends, as values. The same classes encode here and decode in the client library."""

from typing import Any

import msgspec
from msgspec import Struct

from salon.wire.opening import UdpPlace
from salon.wire.passing import Asked, Come, Preparing, Reach, Supplied, Withdrawn


class Bounds(Struct, frozen=True, gc=False, omit_defaults=True):
    """What a room's log held when a follower started: the first number kept and the last. `read`: the read position.

    since  where it started, told to whoever asked for what was said recently
    """

    first: int
    seq: int
    read: int = 0
    topic: str = ""
    since: int | None = None


class ConnectAck(Struct, frozen=True, omit_defaults=True):
    name: str
    rooms: dict[str, Bounds]
    version: int
    message: str = ""
    features: list[str] = []
    limits: dict[str, int] = {}
    ticket: str = ""
    id: str = ""
    udp: UdpPlace | None = None


class Message(Struct, frozen=True, gc=False, omit_defaults=True):
    """Somebody said something. `edited` and `redacted` are the numbers of the entries that changed it, or 0."""

    sender: str
    room: str
    text: str
    seq: int = 0
    time: int = 0
    id: str = ""
    to: str = ""
    edited: int = 0
    redacted: int = 0


class Notification(Struct, frozen=True, omit_defaults=True):
    """A sentence for a person, and what happened, for a program: `kind` and the fields that belong to it."""

    message: str
    kind: str = ""
    room: str = ""
    seq: int = 0
    time: int = 0
    sender: str = ""
    id: str = ""
    target: int = 0
    text: str | None = None
    topic: str | None = None
    joined: list[str] = []
    left: list[str] = []
    members: list[str] | None = None
    name: str = ""
    size: int | None = None
    sha256: str = ""
    offset: int = 0


class Ack(Struct, frozen=True, gc=False, omit_defaults=True):
    """The command is on disk as entry `seq`, or did what it asked where that is no entry.

    To `join`: the room's bounds as the follower started (`first`, `seq`), the read position and the topic.
    """

    id: str
    room: str = ""
    seq: int = 0
    time: int = 0
    first: int = 0
    read: int = 0
    topic: str = ""


class Error(Struct, frozen=True, omit_defaults=True):
    """`fields` is what fills the sentence of the catalogue, for those who say it in another language."""

    code: str
    message: str
    retry: bool = False
    id: str = ""
    fields: dict[str, int | float | str] = {}


class RoomLine(Struct, frozen=True, gc=False, omit_defaults=True):
    """A room in a list."""

    name: str
    seq: int = 0
    here: int = 0
    topic: str = ""


class FileLine(Struct, frozen=True, gc=False):
    """A file in a list: of the shelf, or of the operator's library (`library`; its hash may not be known yet).

    `leaves_after`: how many new files push it out, 0 for never. `time` is milliseconds since 1970 UTC.
    """

    name: str
    size: int
    sha256: str
    by: str
    time: int
    downloads: int
    leaves_after: int = 0
    library: bool = False


class Listing(Struct, frozen=True, omit_defaults=True):
    what: str
    room: str = ""
    members: list[str] | None = None
    rooms: list[RoomLine] | None = None
    files: list[FileLine] | None = None
    id: str = ""


class Pong(Struct, frozen=True, gc=False, omit_defaults=True):
    id: str = ""


class ExitAck(Struct, frozen=True, gc=False, omit_defaults=True):
    message: str
    id: str = ""


class Gap(Struct, frozen=True, gc=False, omit_defaults=True, rename={"start": "from", "end": "to"}):
    """The entries from `start` to `end` (`from` and `to` on the wire) are not kept any more; why is a sentence."""

    room: str
    start: int
    end: int
    why: str


class Document(Struct, frozen=True, gc=False, tag_field="type"):
    """What surrounds every payload."""


class ConnectAckDocument(Document, frozen=True, tag="connect_ack"):
    payload: ConnectAck


class MessageDocument(Document, frozen=True, gc=False, tag="message"):
    payload: Message


class NotificationDocument(Document, frozen=True, tag="notification"):
    payload: Notification


class AckDocument(Document, frozen=True, gc=False, tag="ack"):
    payload: Ack


class ErrorDocument(Document, frozen=True, gc=False, tag="error"):
    payload: Error


class HistoryPayload(Struct, frozen=True, omit_defaults=True):
    """Entries of a room in their order, as they stand now, and the room's bounds."""

    room: str
    entries: list["MessageDocument | NotificationDocument"]
    first: int = 0
    seq: int = 0
    id: str = ""


class HistoryDocument(Document, frozen=True, tag="history"):
    payload: HistoryPayload


class ListDocument(Document, frozen=True, tag="list"):
    payload: Listing


class PongDocument(Document, frozen=True, gc=False, tag="pong"):
    payload: Pong


class ExitAckDocument(Document, frozen=True, gc=False, tag="exit_ack"):
    payload: ExitAck


class GapDocument(Document, frozen=True, gc=False, tag="gap"):
    payload: Gap


class AskedDocument(Document, frozen=True, tag="request"):
    payload: Asked


class SuppliedDocument(Document, frozen=True, tag="supply"):
    payload: Supplied


class ReachDocument(Document, frozen=True, tag="reach"):
    payload: Reach


class PreparingDocument(Document, frozen=True, gc=False, tag="preparing"):
    payload: Preparing


class ComeDocument(Document, frozen=True, gc=False, tag="relay"):
    payload: Come


class WithdrawnDocument(Document, frozen=True, gc=False, tag="withdrawn"):
    payload: Withdrawn


AnyDocument = (
    ConnectAckDocument
    | MessageDocument
    | NotificationDocument
    | AckDocument
    | ErrorDocument
    | HistoryDocument
    | ListDocument
    | PongDocument
    | ExitAckDocument
    | GapDocument
    | AskedDocument
    | SuppliedDocument
    | ReachDocument
    | PreparingDocument
    | ComeDocument
    | WithdrawnDocument
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyDocument)


def encode(document: Document) -> bytes:
    """The document as it goes out: one line."""
    return _encoder.encode(document) + b"\n"


def encode_all(documents: list[Any]) -> bytes:
    """Several documents, a line each."""
    return _encoder.encode_lines(documents)


def decode_answer(line: bytes) -> AnyDocument:
    """A line of the server's. Raises msgspec.MsgspecError where it is none, or of a type not known here."""
    document: AnyDocument = _decoder.decode(line)
    return document
