"""Uploads on their way: what each is, how far it is, and who writes to it at the moment."""

import asyncio
import secrets
from collections.abc import Callable

import msgspec
from msgspec import Struct

from salon.core.filenames import SafeName
from salon.core.people import Person


class Note(Struct, frozen=True):
    """What an upload is, as it is kept beside its bytes. `once`: it cannot be gone on with over another connection."""

    room: str  # the room's key, and how it is shown
    shown: str
    name: SafeName
    size: int
    person: Person
    once: bool = False


class Upload:
    """One file on its way to a shelf.

    turn    counts writers: whoever began with an older number stops
    whole   the hash, once all bytes are there; the entry may not be written yet
    seq     the number of the entry, once it is
    """

    __slots__ = ("active", "breaker", "evicts", "id", "lock", "note", "offset", "seq", "told", "turn", "whole")

    def __init__(self, note: Note, now: int, upload_id: str = "") -> None:
        self.id = upload_id or secrets.token_urlsafe(16)
        self.note = note
        self.offset = 0
        self.turn = 0
        self.active = now  # milliseconds; when something came last
        self.told = 0  # when the room was told last how far it is
        self.whole = ""
        self.seq = 0
        self.evicts: list[str] = []
        self.lock = asyncio.Lock()  # held while bytes are written, so that a new writer finds a whole offset
        self.breaker: Callable[[], None] | None = None  # ends the connection of whoever writes now

    @property
    def left(self) -> int:
        """Bytes that are still to come: so many are reserved on the disk."""
        return 0 if self.whole else self.note.size - self.offset

    def encoded_note(self) -> bytes:
        return msgspec.json.encode(self.note)


def decode_note(note: bytes) -> Note:
    """A note that was kept. Raises msgspec.MsgspecError where it is none."""
    return msgspec.json.decode(note, type=Note)
