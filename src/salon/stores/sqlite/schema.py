"""The tables, and how older files become as the newest code wants them.

`user_version` counts the migrations that a file has seen. A migration is never changed once it was released: the next
one is added behind it.
"""

import sqlite3

from salon.errors import NEWER_DATA, SalonError, refuse

# An entry's place is one integer, so that a room is one range of one B-tree and appending is appending.
SEQ_BITS = 36
SEQ_MASK = (1 << SEQ_BITS) - 1

_FIRST = (
    """CREATE TABLE rooms (
        number INTEGER PRIMARY KEY,
        key    TEXT NOT NULL UNIQUE,
        first  INTEGER NOT NULL,
        head   INTEGER NOT NULL,
        time   INTEGER NOT NULL,
        state  BLOB NOT NULL
    ) STRICT""",
    # place: the room's number shifted left by SEQ_BITS, plus the entry's number; body: the entry as JSON
    "CREATE TABLE entries (place INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    """CREATE TABLE ids (
        room        INTEGER NOT NULL,
        person      INTEGER NOT NULL,
        id          TEXT NOT NULL,
        seq         INTEGER NOT NULL,
        time        INTEGER NOT NULL,
        fingerprint INTEGER NOT NULL,
        PRIMARY KEY (room, person, id)
    ) WITHOUT ROWID, STRICT""",
    """CREATE TABLE people (
        number INTEGER PRIMARY KEY,
        fold   TEXT NOT NULL,
        proof  BLOB NOT NULL,
        name   TEXT NOT NULL,
        seen   INTEGER NOT NULL,
        UNIQUE (fold, proof)
    ) STRICT""",
    """CREATE TABLE pairs (
        person INTEGER NOT NULL,
        room   INTEGER NOT NULL,
        PRIMARY KEY (person, room)
    ) WITHOUT ROWID, STRICT""",
    """CREATE TABLE positions (
        person INTEGER NOT NULL,
        room   TEXT NOT NULL,
        seq    INTEGER NOT NULL,
        PRIMARY KEY (person, room)
    ) WITHOUT ROWID, STRICT""",
)

_DOWNLOADS = (
    """CREATE TABLE downloads (
        room  TEXT NOT NULL,
        seq   INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (room, seq)
    ) WITHOUT ROWID, STRICT""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _DOWNLOADS)


def migrate(connection: sqlite3.Connection, folder: str) -> None:
    """Bring the file to the newest format, a migration per transaction. Raises SalonError for a newer one."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > len(MIGRATIONS):
        raise SalonError(refuse(NEWER_DATA, folder=folder, found=found, known=len(MIGRATIONS)))
    for number, statements in enumerate(MIGRATIONS[found:], found + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
