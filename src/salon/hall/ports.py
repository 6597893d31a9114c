"""What the hall needs of a store. Every method answers with a future, so that nothing here needs a task to wait."""

from asyncio import Future
from collections.abc import Collection, Iterable, Mapping
from typing import BinaryIO, Protocol

from msgspec import Struct

from salon.core.batch import Batch, IdempotencyKey, Kept
from salon.core.events import Entry
from salon.core.people import Person
from salon.core.room import RoomState
from salon.errors import Refusal


class Stored(Struct, frozen=True):
    """A room as the log has it: the first number kept, the last, the last entry's time, and the state."""

    key: str
    first: int
    head: int
    time: int
    state: RoomState


class Conflict(Struct, frozen=True):
    """Somebody else appended first: the expected head is not the head."""


class Known(Struct, frozen=True):
    """Some of the batch's ids are in the log already, and where. Nothing was written."""

    kept: dict[IdempotencyKey, Kept]


class Failed(Struct, frozen=True):
    """Nothing was written, and why."""

    refusal: Refusal


Appended = int | Conflict | Known | Failed


class Log(Protocol):
    """Rooms as append-only logs. A room is created by its first append.

    Reads raise `SalonError` where the store cannot be read.
    """

    def append(self, room: str, expected_head: int, batch: Batch, state: RoomState | None) -> Future[Appended]:
        """Make the batch durable, all of it or nothing, behind `expected_head`; the new head.

        `state` is the room's new state where it changed, and always at a room's first append.
        """

    def load(self, room: str) -> Future[Stored | None]:
        """The room's bounds and state; None where nothing was ever appended."""

    def read(self, room: str, after: int, limit: int) -> Future[list[Entry]]:
        """Up to `limit` entries behind number `after`, in order. Fewer where they are large, none only at the end."""

    def read_before(self, room: str, seq: int, limit: int) -> Future[list[Entry]]:
        """Up to `limit` entries before number `seq`, the ones next to it, in order."""

    def fetch(self, room: str, seqs: Iterable[int]) -> Future[dict[int, Entry]]:
        """Those of these entries that are kept."""

    def trim(self, room: str, first: int, now: int) -> Future[int]:
        """Forget the entries before number `first`; the first number kept now. Ids stay for their time."""

    def first_since(self, room: str, time: int) -> Future[int]:
        """The first number kept whose entry is not older than `time`; the head's successor where all are."""

    def rooms(self) -> Future[list[Stored]]:
        """Every room, by key."""

    def rooms_between(self, person: int) -> Future[list[Stored]]:
        """The direct rooms of a person."""


class People(Protocol):
    """Who was here with a secret, and how far they have read."""

    def enter(self, name: str, proof: bytes, now: int, *, visiting: bool = False) -> Future[Person]:
        """The person of this name who shows this proof (a hash of name and secret); new ones are made.

        From now on they are who was here last under the name, unless they are only `visiting`.
        """

    def find(self, name: str) -> Future[Person | None]:
        """The person of this name who was here last, or None where nobody with a secret ever was."""

    def positions(self, person: int) -> Future[Mapping[str, int]]:
        """The numbers up to which the person has read, by room key."""

    def mark_read(self, person: int, room: str, seq: int) -> Future[None]:
        """The person has read the room up to `seq`. A position never goes back."""


class Unfinished(Struct, frozen=True):
    """An upload that no entry names yet: how much there is, for how many seconds nothing came, its hash once whole."""

    upload: str
    note: bytes
    offset: int
    silent: float
    sha256: str = ""


class Blobs(Protocol):
    """Bytes under their SHA-256, and uploads until they are whole. Fails with `SalonError`, `disk_full` among them."""

    def free(self) -> int:
        """Bytes that uploads may still take."""

    def unfinished(self) -> Future[list[Unfinished]]:
        """The uploads that a server before this one left."""

    def create(self, upload: str, note: bytes) -> Future[None]:
        """Begin an upload; `note` says what it is and is kept until its end."""

    def write(self, upload: str, data: bytes) -> Future[int]:
        """Append; how much there is then. Jobs of one upload must not overlap. What fails adds nothing."""

    def cut(self, upload: str, size: int) -> Future[None]:
        """Forget everything behind `size` bytes."""

    def finish(self, upload: str) -> Future[str]:
        """The SHA-256 of what was written, under which it is found from now on. The upload is kept until discarded."""

    def discard(self, upload: str) -> Future[None]:
        """Forget an upload, and what came of it where it is not finished."""

    def open(self, sha256: str) -> Future[BinaryIO | None]:
        """The bytes, to be closed by whoever asked; readable to their end also when they are removed meanwhile."""

    def remove(self, sha256: str) -> Future[None]:
        """Let bytes go that nothing names."""

    def sweep(self, named: Collection[str]) -> Future[int]:
        """Remove old bytes that nothing names; how many there were."""

    def close(self) -> Future[None]:
        """Let go of everything; unfinished uploads stay."""


class Counters(Protocol):
    """What is counted of files."""

    def count_download(self, room: str, seq: int) -> Future[None]:
        """The file that entry `seq` of the room shelved was fetched once more."""

    def downloads(self, room: str) -> Future[Mapping[int, int]]:
        """How often the room's files were fetched, by the number of the entry that shelved them."""


class Store(Log, People, Counters, Protocol):
    """A log and its people in one place."""

    def close(self) -> Future[None]:
        """Write what is waiting and let go of the place."""
