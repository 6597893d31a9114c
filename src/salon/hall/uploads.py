"""Uploads on their way: what each is, how far it is, and who writes to it at the moment."""

import asyncio
import secrets
from collections.abc import Callable

import msgspec
from msgspec import Struct

from salon.core.filenames import SafeName
from salon.core.people import Person
from salon.hall.transfers import Transfer, Transfers


class Note(Struct, frozen=True):
    """What an upload is, as it is kept beside its bytes.

    once     it cannot be gone on with over another connection
    between  the two people whose room it is, where it is private: the file may be the first thing in it
    """

    room: str  # the room's key, and how it is shown
    shown: str
    name: SafeName
    size: int
    person: Person
    once: bool = False
    between: tuple[Person, ...] = ()


class Upload:
    """One file on its way to a shelf.

    turn      counts writers: whoever began with an older number stops
    whole     the hash, once all bytes are there; the entry may not be written yet
    seq       the number of the entry, once it is
    transfer  how the operator sees it
    """

    __slots__ = (
        "active",
        "breaker",
        "evicts",
        "id",
        "lock",
        "note",
        "offset",
        "seq",
        "told",
        "transfer",
        "turn",
        "whole",
    )

    def __init__(self, note: Note, now: int, upload_id: str = "") -> None:
        self.id = upload_id or secrets.token_urlsafe(16)
        self.note = note
        self.offset = 0
        self.turn = 0
        self.active = now  # milliseconds; when something came last
        self.told = 0  # when the room was told last how far it is
        self.whole = ""
        self.seq = 0
        self.transfer: Transfer | None = None
        self.evicts: list[str] = []
        self.lock = asyncio.Lock()  # held while bytes are written, so that a new writer finds a whole offset
        self.breaker: Callable[[], None] | None = None  # ends the connection of whoever writes now

    def show(self, transfers: Transfers) -> None:
        """Let the operator see it."""
        note = self.note
        self.transfer = transfers.begin(
            note.person.name,
            note.name,
            place=note.shown,
            size=note.size,
            offset=self.offset,
            up=True,
            private=note.room.startswith("@"),  # no open room's key does
        )
        self.transfer.paused = not note.once  # until somebody takes their turn to write

    def move(self, breaker: Callable[[], None] | None) -> None:
        """Somebody writes now, whose connection this ends; or nobody does."""
        self.breaker = breaker
        if self.transfer is not None:
            self.transfer.paused = breaker is None

    def stand_at(self, offset: int) -> None:
        """So many bytes are there."""
        self.offset = offset
        if self.transfer is not None:
            self.transfer.offset = offset

    @property
    def left(self) -> int:
        """Bytes that are still to come: so many are reserved on the disk."""
        return 0 if self.whole else self.note.size - self.offset

    def encoded_note(self) -> bytes:
        return msgspec.json.encode(self.note)


def decode_note(note: bytes) -> Note:
    """A note that was kept. Raises msgspec.MsgspecError where it is none."""
    return msgspec.json.decode(note, type=Note)
