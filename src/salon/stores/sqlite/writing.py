"""What the writer's thread does, each in a savepoint of its own.

A batch is a few statements, never one per row: `executemany` gives the interpreter lock up at every row, and beside a
busy loop waits to get it back each time.
"""

import sqlite3
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from salon.core.batch import Batch, IdempotencyKey, Kept
from salon.core.limits import IDEMPOTENCY_SECONDS
from salon.core.names import fold
from salon.core.people import Person
from salon.core.room import RoomState
from salon.hall.ports import Appended, Conflict, Known
from salon.stores.sqlite.schema import SEQ_BITS

_encode = msgspec.json.Encoder().encode
_ROWS = 512  # in one statement at most; SQLite takes 32,766 parameters
_FEW = 64  # so many rows are one statement, whatever their number: each stays compiled


def append(
    connection: sqlite3.Connection, key: str, expected_head: int, batch: Batch, state: RoomState | None
) -> Appended:
    """Append the batch behind `expected_head`, with its ids, its rewrites and the room's row."""
    row = connection.execute("SELECT number, head FROM rooms WHERE key = ?", (key,)).fetchone()
    if row is None and not expected_head:
        row = _create(connection, key, state or RoomState()), 0
    number, head = row or (0, -1)
    if head != expected_head:
        known = _known(connection, number, batch.keys)
        return Known(known) if known else Conflict()
    if batch.keys and (known := _insert_keys(connection, number, batch.keys)):
        return Known(known)
    place = number << SEQ_BITS
    entries: list[Any] = []
    for entry in batch.entries:
        entries += (place | entry.seq, _encode(entry))
    _insert_rows(connection, "entries", 2, entries)
    for seq, entry in batch.rewrites.items():
        connection.execute("UPDATE entries SET body = ? WHERE place = ?", (_encode(entry), place | seq))
    last = batch.entries[-1]
    if state is None:
        connection.execute("UPDATE rooms SET head = ?, time = ? WHERE number = ?", (last.seq, last.time, number))
    else:
        connection.execute(
            "UPDATE rooms SET head = ?, time = ?, state = ? WHERE number = ?",
            (last.seq, last.time, _encode(state), number),
        )
    return last.seq


def _create(connection: sqlite3.Connection, key: str, state: RoomState) -> int:
    connection.execute(
        "INSERT INTO rooms (key, first, head, time, state) VALUES (?, 1, 0, 0, ?)", (key, _encode(state))
    )
    (number,) = connection.execute("SELECT last_insert_rowid()").fetchone()
    for person in state.between:
        connection.execute("INSERT OR IGNORE INTO pairs VALUES (?, ?)", (person.number, number))
    return int(number)


def _insert_keys(
    connection: sqlite3.Connection, number: int, keys: dict[IdempotencyKey, Kept]
) -> dict[IdempotencyKey, Kept]:
    """Insert all of the batch's ids, or none and say which are there already: the index looks them up as it grows."""
    rows: list[Any] = []
    for (person, command_id), kept in keys.items():
        rows += (number, person, command_id, kept.seq, kept.time, kept.fingerprint)
    one = len(keys) <= _FEW  # a statement that fails takes back all it did; several need a place to go back to
    if not one:
        connection.execute("SAVEPOINT keys")
    try:
        _insert_rows(connection, "ids", 6, rows)
    except sqlite3.IntegrityError:
        if not one:
            connection.execute("ROLLBACK TO keys")
        return _known(connection, number, keys)
    finally:
        if not one and connection.in_transaction:
            connection.execute("RELEASE keys")
    return {}


def _known(connection: sqlite3.Connection, number: int, keys: dict[IdempotencyKey, Kept]) -> dict[IdempotencyKey, Kept]:
    known = {}
    for person, command_id in keys:
        row = connection.execute(
            "SELECT seq, time, fingerprint FROM ids WHERE room = ? AND person = ? AND id = ?",
            (number, person, command_id),
        ).fetchone()
        if row:
            known[person, command_id] = Kept(*row)
    return known


def _insert_rows(connection: sqlite3.Connection, table: str, columns: int, values: Sequence[Any]) -> None:
    """Insert rows given as one flat list: a few in one statement, more in statements of a power of two of rows."""
    rows, at = len(values) // columns, 0
    size = rows if rows <= _FEW else _ROWS
    while rows:
        while size > rows:
            size //= 2
        end = at + size * columns
        connection.execute(_insert(table, columns, size), values[at:end])
        at, rows = end, rows - size


@cache
def _insert(table: str, columns: int, rows: int) -> str:
    row = "(" + ",".join("?" * columns) + ")"
    return f"INSERT INTO {table} VALUES " + ",".join([row] * rows)  # noqa: S608 -- table is a name of ours


def trim(connection: sqlite3.Connection, key: str, first: int, now: int) -> int:
    """Forget entries before number `first`, and ids that are old enough."""
    row = connection.execute("SELECT number, first, head FROM rooms WHERE key = ?", (key,)).fetchone()
    if row is None:
        return 1
    number, kept, head = row
    first = max(kept, min(first, head + 1))
    place = number << SEQ_BITS
    connection.execute("DELETE FROM entries WHERE place >= ? AND place < ?", (place, place | first))
    connection.execute("UPDATE rooms SET first = ? WHERE number = ?", (first, number))
    old = now - IDEMPOTENCY_SECONDS * 1000
    connection.execute("DELETE FROM ids WHERE room = ? AND seq < ? AND time < ?", (number, first, old))
    return int(first)


def enter(connection: sqlite3.Connection, name: str, proof: bytes, now: int, *, visiting: bool = False) -> Person:
    """The person of this name and proof, made where they are new; the last one of the name, unless only visiting."""
    folded = fold(name)
    rows = connection.execute(
        "SELECT number, proof FROM people WHERE fold = ? ORDER BY seen DESC, number", (folded,)
    ).fetchall()
    number = next((number for number, known in rows if known == proof), None)
    # The order counts, whatever the clock does. A visitor comes behind all who were here.
    seen = 0 if visiting else max(now, _seen_last(connection, folded) + 1)
    if number is None:
        connection.execute(
            "INSERT INTO people (fold, proof, name, seen) VALUES (?, ?, ?, ?)", (folded, proof, name, seen)
        )
        (number,) = connection.execute("SELECT last_insert_rowid()").fetchone()
    elif number != rows[0][0] and not visiting:
        connection.execute("UPDATE people SET seen = ? WHERE number = ?", (seen, number))
    return Person(name, number)


def _seen_last(connection: sqlite3.Connection, folded: str) -> int:
    (seen,) = connection.execute("SELECT max(seen) FROM people WHERE fold = ?", (folded,)).fetchone()
    return int(seen or 0)


def mark_read(connection: sqlite3.Connection, person: int, room: str, seq: int) -> None:
    """A read position, which never goes back."""
    connection.execute(
        "INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)",
        (person, room, max(seq, 0)),
    )


def count_download(connection: sqlite3.Connection, room: str, seq: int) -> None:
    """One more download of the file that entry `seq` shelved."""
    connection.execute(
        "INSERT INTO downloads VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
        (room, seq),
    )
