"""The console's own documents. They are between this server and the page that it ships: internal, and may change.

To the page: `hello` once, `state` with those parts of it that changed, `log` with what happened since the last one,
and the answers `done`, `error` and `pong`. From the page: what the operator does.
"""

from typing import Any

import msgspec
from msgspec import Struct

from salon.core.commands import Number
from salon.core.limits import ID_CHARS
from salon.errors import BAD_DOCUMENT, BAD_ID, Refusal, refuse
from salon.wire.happenings import Happening, words

# what the page is told


class SessionRow(Struct, frozen=True, gc=False):
    """One connection of a person. `lag`: entries that it was not given yet; `buffered`: bytes on their way to it."""

    name: str
    dialect: str
    address: str
    came: int
    rooms: int
    lag: int
    buffered: int
    unsettled: int
    parked: bool


class RoomRow(Struct, frozen=True, gc=False):
    """A room. `lag`: of the follower that is furthest behind; `kept`: bytes of it in memory; `waiting`: commands."""

    name: str
    topic: str
    here: int
    seq: int
    lag: int
    kept: int
    waiting: int


class FileRow(Struct, frozen=True, gc=False):
    """A file on a shelf."""

    room: str
    name: str
    size: int
    by: str
    time: int


class TransferRow(Struct, frozen=True, gc=False):
    """A file on its way, as `hall.transfers.Transfer`."""

    number: int
    who: str
    file: str
    place: str
    up: bool
    size: int
    offset: int
    rate: int
    path: str
    paused: bool
    began: int


class Table(Struct, frozen=True):
    """Rows, of which only the first are sent where there are too many; `total` counts all."""

    total: int
    rows: list[Any]


class Shelves(Table, frozen=True):
    """Files of all open rooms, the newest first; `bytes` of all of them."""

    bytes: int


class Machine(Struct, frozen=True):
    """The machine and the server on it. Bytes, and counts since the server began."""

    memory: int | None
    disk_free: int | None
    disk_size: int | None
    kept: int
    sessions: int
    people: int
    private_rooms: int
    entries: int
    refusals: int
    moved_up: int
    moved_down: int


class State(Struct, frozen=True, omit_defaults=True):
    """The parts that changed."""

    people: Table | None = None
    rooms: Table | None = None
    shelves: Shelves | None = None
    transfers: Table | None = None
    machine: Machine | None = None


class Hello(Struct, frozen=True):
    """Who answers. `run` tells one start of the server from the next: numbers of happenings are its own.

    private  whether the words of private messages are shown
    """

    version: str
    run: int
    began: int
    now: int
    private: bool


class Line(Struct, frozen=True, gc=False):
    """A happening with its number and its words."""

    n: int
    line: str
    what: Happening


class Log(Struct, frozen=True):
    """What happened, up to number `tip`; `missed` happenings before these were too many to be kept."""

    tip: int
    missed: int
    lines: list[Line]


class Done(Struct, frozen=True):
    """It was done."""

    id: str


class Problem(Struct, frozen=True):
    """Why it was not done."""

    id: str
    code: str
    message: str


class _Document(Struct, frozen=True, tag_field="type"):
    pass


class _Hello(_Document, frozen=True, tag="hello"):
    payload: Hello


class _State(_Document, frozen=True, tag="state"):
    payload: State


class _Log(_Document, frozen=True, tag="log"):
    payload: Log


class _Done(_Document, frozen=True, tag="done"):
    payload: Done


class _Error(_Document, frozen=True, tag="error"):
    payload: Problem


class _Pong(_Document, frozen=True, tag="pong"):
    payload: dict[str, str] = {}


_DOCUMENTS: dict[type, Any] = {Hello: _Hello, State: _State, Log: _Log, Done: _Done, Problem: _Error}
PONG = msgspec.json.encode(_Pong())


def encode(payload: Hello | State | Log | Done | Problem) -> bytes:
    """The document with this payload."""
    return msgspec.json.encode(_DOCUMENTS[type(payload)](payload))


def log_of(tip: int, missed: int, happenings: list[tuple[int, Happening]]) -> Log:
    """Happenings with their words."""
    return Log(tip, missed, [Line(number, words(one), one) for number, one in happenings])


# what the operator does


class SendOut(Struct, frozen=True):
    """End all sessions of a person."""

    name: str
    id: str = ""


class Unshelve(Struct, frozen=True):
    """Take a file off a room's shelf."""

    room: str
    name: str
    id: str = ""


class Announce(Struct, frozen=True):
    """Say something to everybody who is here."""

    text: str
    id: str = ""


class Ping(Struct, frozen=True):
    """A sign of life is wanted."""

    id: str = ""


Order = SendOut | Unshelve | Announce | Ping


class _SendOutDocument(_Document, frozen=True, tag="send_out"):
    payload: SendOut


class _UnshelveDocument(_Document, frozen=True, tag="unshelve"):
    payload: Unshelve


class _AnnounceDocument(_Document, frozen=True, tag="announce"):
    payload: Announce


class _PingDocument(_Document, frozen=True, tag="ping"):
    payload: Ping = Ping()


_orders: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    _SendOutDocument | _UnshelveDocument | _AnnounceDocument | _PingDocument
)


def order_of(data: bytes) -> Order | Refusal:
    """What a document of the page's asks."""
    try:
        order: Order = _orders.decode(data).payload
    except msgspec.MsgspecError as error:
        return refuse(BAD_DOCUMENT, why=error)
    return refuse(BAD_ID, limit=ID_CHARS) if len(order.id) > ID_CHARS else order


class _Since(Struct, frozen=True):
    run: Number
    since: Number


def since_of(run: str, since: str, this_run: int) -> int | None:
    """The number from which a page that was here before goes on; None where it saw another run, or none."""
    try:
        wish = msgspec.convert({"run": run, "since": since}, _Since, strict=False)
    except msgspec.ValidationError:
        return None
    return wish.since if wish.run == this_run and wish.since >= 0 else None
