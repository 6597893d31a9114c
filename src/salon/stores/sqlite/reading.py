"""What the reader's thread does: pages of entries and rows of rooms."""

import sqlite3
from collections.abc import Iterable

import msgspec

from salon.core.events import Entry
from salon.core.limits import CHUNK_BYTES
from salon.core.names import fold
from salon.core.people import Person
from salon.core.room import RoomState
from salon.hall.ports import Stored
from salon.stores.sqlite.schema import SEQ_BITS, SEQ_MASK

_entry = msgspec.json.Decoder(Entry).decode
_state = msgspec.json.Decoder(RoomState).decode
_ROOM = "SELECT key, first, head, time, state FROM rooms"


def load(connection: sqlite3.Connection, key: str) -> Stored | None:
    """A room's row."""
    row = connection.execute(f"{_ROOM} WHERE key = ?", (key,)).fetchone()
    return _stored(row) if row else None


def rooms(connection: sqlite3.Connection) -> list[Stored]:
    """Every room's row."""
    return [_stored(row) for row in connection.execute(f"{_ROOM} ORDER BY key")]


def rooms_between(connection: sqlite3.Connection, person: int) -> list[Stored]:
    """The rows of a person's direct rooms."""
    mine = "WHERE number IN (SELECT room FROM pairs WHERE person = ?)"
    rows = connection.execute(f"{_ROOM} {mine} ORDER BY key", (person,))
    return [_stored(row) for row in rows]


def read(connection: sqlite3.Connection, key: str, after: int, limit: int) -> list[Entry]:
    """A page behind number `after`."""
    place = _place(connection, key)
    if place is None:
        return []
    rows = connection.execute(
        "SELECT body FROM entries WHERE place > ? AND place <= ? ORDER BY place LIMIT ?",
        (place | max(after, 0), place | SEQ_MASK, limit),
    )
    return _page(rows)


def read_before(connection: sqlite3.Connection, key: str, seq: int, limit: int) -> list[Entry]:
    """A page before number `seq`."""
    place = _place(connection, key)
    if place is None:
        return []
    rows = connection.execute(
        "SELECT body FROM entries WHERE place > ? AND place < ? ORDER BY place DESC LIMIT ?",
        (place, place | min(max(seq, 0), SEQ_MASK), limit),
    )
    return _page(rows)[::-1]


def _page(rows: Iterable[tuple[bytes]]) -> list[Entry]:
    """Entries until they are a chunk's worth of bytes; at least one, where there is one."""
    entries: list[Entry] = []
    size = 0
    for (body,) in rows:
        entries.append(_entry(body))
        size += len(body)
        if size >= CHUNK_BYTES:
            break
    return entries


def fetch(connection: sqlite3.Connection, key: str, seqs: list[int]) -> dict[int, Entry]:
    """Single entries."""
    place = _place(connection, key)
    found: dict[int, Entry] = {}
    if place is not None:
        for seq in seqs:
            if not 0 < seq <= SEQ_MASK:  # a client's number may be anything; a larger one would be another room's place
                continue
            row = connection.execute("SELECT body FROM entries WHERE place = ?", (place | seq,)).fetchone()
            if row:
                found[seq] = _entry(row[0])
    return found


def first_since(connection: sqlite3.Connection, key: str, time: int) -> int:
    """Times never decrease within a room, so its place is found by halving."""
    row = connection.execute("SELECT number, first, head FROM rooms WHERE key = ?", (key,)).fetchone()
    if row is None:
        return 1
    number, low, head = row
    high = head + 1
    while low < high:
        middle = (low + high) // 2
        (body,) = connection.execute(
            "SELECT body FROM entries WHERE place = ?", (number << SEQ_BITS | middle,)
        ).fetchone()
        if _entry(body).time < time:
            low = middle + 1
        else:
            high = middle
    return int(low)


def find(connection: sqlite3.Connection, name: str) -> Person | None:
    """The last person of a name."""
    row = connection.execute(
        "SELECT name, number FROM people WHERE fold = ? ORDER BY seen DESC, number LIMIT 1", (fold(name),)
    ).fetchone()
    return Person(*row) if row else None


def positions(connection: sqlite3.Connection, person: int) -> dict[str, int]:
    """How far a person has read."""
    return dict(connection.execute("SELECT room, seq FROM positions WHERE person = ?", (person,)).fetchall())


def downloads(connection: sqlite3.Connection, room: str) -> dict[int, int]:
    """How often a room's files were fetched."""
    return dict(connection.execute("SELECT seq, count FROM downloads WHERE room = ?", (room,)).fetchall())


def _place(connection: sqlite3.Connection, key: str) -> int | None:
    row = connection.execute("SELECT number FROM rooms WHERE key = ?", (key,)).fetchone()
    return row[0] << SEQ_BITS if row else None


def _stored(row: tuple[str, int, int, int, bytes]) -> Stored:
    key, first, head, time, state = row
    return Stored(key, first, head, time, _state(state))
