"""Use cases of the shelf: files are listed, fetched and taken away; how they come in is `receiving`."""

import logging
from asyncio import Future
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, Protocol

from msgspec import Struct

from salon.core import shelf
from salon.core.filenames import safe_name
from salon.core.people import Person
from salon.core.room import RoomState
from salon.core.shelf import Shelf, Shelfmark
from salon.errors import NO_SUCH_FILE, Refusal, refuse
from salon.hall.library import Library
from salon.hall.named_bytes import NamedBytes
from salon.hall.places import Places
from salon.hall.ports import Blobs
from salon.hall.receiving import Policy, Receiving
from salon.hall.room import Room
from salon.wire.answers import FileLine

if TYPE_CHECKING:
    from salon.hall.hall import Hall

log = logging.getLogger("salon")


class Opened(Struct, frozen=True):
    """A file to be read, and closed by whoever asked for it.

    mark   its place on the shelf of the room with the key `room`, or None where it is of the library
    shown  the room as people see it
    """

    name: str
    size: int
    sha256: str
    time: int
    file: BinaryIO
    mark: Shelfmark | None = None
    room: str = ""
    shown: str = ""

    @property
    def private(self) -> bool:
        """Whether it is of a private room, whose keys alone begin so."""
        return self.room.startswith("@")


class ShownByName(Protocol):
    """Files under their own names, for whoever looks into the server's folder. Names are hashes by file name."""

    def show(self, room: str, before: Mapping[str, str], after: Mapping[str, str]) -> Future[None]:
        """A room's shelf holds these files now, and held those."""

    def tidy(self, rooms: Mapping[str, Mapping[str, str]]) -> Future[None]:
        """These are all the shelves there are."""


class Shelving:
    """The shelves of all rooms, and the operator's library beside them."""

    def __init__(
        self,
        hall: "Hall",
        blobs: Blobs,
        policy: Policy,
        library: Library | None = None,
        shown: ShownByName | None = None,
    ) -> None:
        self.policy = policy
        self.library = library
        self.blobs = blobs
        self.places = Places()
        self._hall = hall
        self._named = NamedBytes(blobs)
        self.receiving = Receiving(hall, blobs, self._named, policy)
        self._shown = shown
        hall.watch_shelves(self._changed)
        hall.shelving = self

    async def start(self) -> None:
        """Take up what a server before this one left: what shelves name, and uploads on their way."""
        rooms = await self._hall.store.rooms()
        for stored in rooms:
            self._named.found(stored.state.shelf)
        if self._shown is not None:
            await self._shown.tidy({room.state.name: _names(room.state.shelf) for room in rooms if room.state.shelf})
        for unfinished in await self.blobs.unfinished():
            await self.receiving.take_up(unfinished)
        await self.receiving.keep_house()

    def _changed(self, room: Room, before: Shelf, after: Shelf) -> None:
        if self._shown is not None and not room.state.direct:
            self._shown.show(room.state.name, _names(before), _names(after))
        self._named.changed(before, after)

    async def listing(self, person: Person, room_name: str) -> list[FileLine] | Refusal:
        """The room's files, newest first, then the operator's library by name."""
        found = await self._find(person, room_name)
        if isinstance(found, Refusal):
            return found
        key, state = found
        counts = await self._hall.store.downloads(key)
        keep = self.policy.keeps(key)
        listed = [
            FileLine(m.name, m.size, m.sha256, m.by, m.time, counts.get(m.seq, 0), max(1, keep - place) if keep else 0)
            for place, m in enumerate(state.shelf)
        ]
        if self.library is not None and not state.direct:
            taken = {one.name for one in listed}
            books = await self.library.listing()
            listed += [
                FileLine(b.name, b.size, b.sha256, "", b.time, 0, library=True) for b in books if b.name not in taken
            ]
        return listed

    async def _find(self, person: Person, room_name: str) -> tuple[str, RoomState] | Refusal:
        """The key and the state of a room that this person may read. It need not stay in memory for that."""
        room = await self._hall.find(person, room_name)
        if isinstance(room, Refusal):
            return room
        self._hall.forget_if_deserted(room)
        return room.key, room.state

    async def open(self, person: Person, room_name: str, name: str) -> Opened | Refusal:
        """A file of the shelf, else of the library, by its name."""
        safe = safe_name(name)
        if isinstance(safe, Refusal):
            return safe
        found = await self._find(person, room_name)
        if isinstance(found, Refusal):
            return found
        key, state = found
        mark = shelf.find(state.shelf, safe)
        if mark is not None:
            return await self._opened(key, state.name, mark)
        if self.library is not None and not state.direct:
            book = await self.library.open(safe)
            if book is not None:
                return Opened(book.name, book.size, book.sha256, book.time, book.file, shown=state.name)
        return refuse(NO_SUCH_FILE, name=safe)

    async def open_blob(self, person: Person, room_name: str, sha256: str) -> Opened | Refusal:
        """A file of the shelf by its hash."""
        found = await self._find(person, room_name)
        if isinstance(found, Refusal):
            return found
        key, state = found
        mark = next((mark for mark in state.shelf if mark.sha256 == sha256.lower()), None)
        return await self._opened(key, state.name, mark) if mark else refuse(NO_SUCH_FILE, name=sha256[:64])

    async def _opened(self, room: str, shown: str, mark: Shelfmark) -> Opened | Refusal:
        file = await self.blobs.open(mark.sha256)
        if file is None:
            if mark.sha256 in self._named:  # else it left the shelf in this moment
                log.error("The bytes of %s are gone: %s", mark.name, mark.sha256)
            return refuse(NO_SUCH_FILE, name=mark.name)
        return Opened(mark.name, mark.size, mark.sha256, mark.time, file, mark, room, shown)

    async def fetched(self, opened: Opened) -> None:
        """A download came to its end. Raises SalonError where that cannot be counted."""
        if opened.mark is not None:
            await self._hall.store.count_download(opened.room, opened.mark.seq)


def _names(marks: Shelf) -> dict[str, str]:
    return {mark.name: mark.sha256 for mark in marks}
