"""Use cases of the shelf: files come in, are listed, are fetched, and leave.

Bytes first, then the entry that names them; bytes that nothing names any more go. What an upload will need on the disk
is reserved before its first byte.
"""

import logging
from asyncio import AbstractEventLoop, Future
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from msgspec import Struct

from salon.core import shelf
from salon.core.batch import Kept
from salon.core.commands import Command, Shelve, Unshelve
from salon.core.filenames import safe_name
from salon.core.limits import UPLOAD_EXPIRY_SECONDS, UPLOADS_PER_PERSON
from salon.core.people import Person
from salon.core.room import RoomState
from salon.core.shelf import Shelf, Shelfmark
from salon.errors import (
    NO_ROOM,
    NO_SUCH_FILE,
    SIZE_DIFFERS,
    TOO_LARGE,
    TOO_MANY_UPLOADS,
    UNKNOWN_UPLOAD,
    Refusal,
    SalonError,
    refuse,
)
from salon.hall.library import Library
from salon.hall.ports import Blobs, Unfinished
from salon.hall.room import Room
from salon.hall.uploads import Note, Upload, decode_note
from salon.wire.dialect import Documents

if TYPE_CHECKING:
    from salon.hall.hall import Hall

log = logging.getLogger("salon")

_TELL_EVERY_MS = 500  # how often a room is told how far an upload is


class Policy(Struct, frozen=True):
    """What the operator wants of shelves. 0 is no limit."""

    keep: int = 0
    keep_in: Mapping[str, int] = {}
    max_file: int = 0

    def keeps(self, room: str) -> int:
        """How many files the shelf of the room with this key keeps."""
        return self.keep_in.get(room, self.keep)


class Listed(Struct, frozen=True):
    """A file as it is listed. `leaves_after`: how many new files push it out, 0 for never."""

    name: str
    size: int
    sha256: str
    by: str
    time: int
    downloads: int
    leaves_after: int = 0
    library: bool = False


class Opened(Struct, frozen=True):
    """A file to be read, and closed by whoever asked for it."""

    name: str
    size: int
    sha256: str
    time: int
    file: BinaryIO
    mark: Shelfmark | None = None


class _Waiter:
    """Somebody who submits one command and waits for what becomes of it."""

    def __init__(self, loop: AbstractEventLoop, person: Person) -> None:
        self.person = person
        self.outcome: Future[Kept | Refusal] = loop.create_future()

    def settle(self, _room: str, outcomes: list[tuple[Command, Kept | Refusal]]) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcomes[0][1])


class Shelving:
    """The shelves of all rooms."""

    def __init__(self, hall: "Hall", blobs: Blobs, policy: Policy, library: Library | None = None) -> None:
        self.blobs = blobs
        self.policy = policy
        self.library = library
        self.uploads: dict[str, Upload] = {}
        self._hall = hall
        self._named: Counter[str] = Counter()  # how many shelfmarks name these bytes
        self._pinned: Counter[str] = Counter()  # bytes that an entry on its way will name
        hall.watch_shelves(self._changed)

    async def start(self) -> None:
        """Take up what a server before this one left: what shelves name, and uploads on their way."""
        for stored in await self._hall.store.rooms():
            self._named.update(mark.sha256 for mark in stored.state.shelf)
        for unfinished in await self.blobs.unfinished():
            await self._take_up(unfinished)
        await self.blobs.sweep(self._named.keys())

    async def _take_up(self, unfinished: Unfinished) -> None:
        try:
            note = decode_note(unfinished.note)
        except msgspec.MsgspecError:
            await self.blobs.discard(unfinished.upload)
            return
        upload = Upload(note, self._hall.clock() - int(unfinished.silent * 1000), unfinished.upload)
        upload.offset = unfinished.offset
        upload.whole = unfinished.sha256
        self.uploads[upload.id] = upload
        if upload.offset == note.size:
            await self._complete(upload)

    # up

    async def begin(
        self, person: Person, room_name: str, raw_name: str, size: int, sha256: str = ""
    ) -> Upload | Refusal:
        """An upload that may begin, its space reserved; or one that is over already, where its bytes are here.

        `evicts` of the answer names what it will push out. `sha256`: what the sender says the bytes are; taken only
        where they may read such a file already.
        """
        name = safe_name(raw_name)
        if isinstance(name, Refusal):
            return name
        refusal = self._refuse_size(person, raw_name, size)
        if refusal is not None:
            return refusal
        room = await self._hall.find_or_make(person, room_name)
        if isinstance(room, Refusal):
            return room
        upload = Upload(Note(room.key, name, size, person), self._hall.clock())
        keep = self.policy.keeps(room.key)
        upload.evicts = [mark.name for mark in shelf.pushed_out(room.state.shelf, name, keep)]
        self.uploads[upload.id] = upload
        try:
            if sha256 and await self._readable(person, sha256, size):
                upload.whole, upload.offset = sha256, size
            else:
                await self.blobs.create(upload.id, upload.encoded_note())
            if upload.offset == size:
                done = await self._complete(upload)
                return done if isinstance(done, Refusal) else upload
        except SalonError as error:
            del self.uploads[upload.id]
            return error.refusal
        self._tell(upload, room)
        return upload

    def _refuse_size(self, person: Person, name: str, size: int) -> Refusal | None:
        limit = self.policy.max_file
        if limit and size > limit:
            return refuse(TOO_LARGE, name=name, limit=limit)
        mine = sum(one.note.person.number == person.number for one in self.uploads.values())
        if mine >= UPLOADS_PER_PERSON:
            return refuse(TOO_MANY_UPLOADS, limit=UPLOADS_PER_PERSON)
        reserved = sum(one.left for one in self.uploads.values())
        if size > self.blobs.free() - reserved:
            return refuse(NO_ROOM, name=name, size=size)
        return None

    async def _readable(self, person: Person, sha256: str, size: int) -> bool:
        """Whether the bytes are on a shelf that this person may read: only then may they stand for an upload."""
        if not self._named[sha256]:
            return False
        for stored in await self._hall.store.rooms():
            if stored.state.admits(person) and any((m.sha256, m.size) == (sha256, size) for m in stored.state.shelf):
                return True
        return False

    def upload(self, upload_id: str) -> Upload | Refusal:
        return self.uploads.get(upload_id) or refuse(UNKNOWN_UPLOAD)

    def take_turn(self, upload: Upload) -> int:
        """Become the one who writes; whoever wrote before stops at its next byte."""
        upload.turn += 1
        upload.active = self._hall.clock()
        return upload.turn

    async def write(self, upload: Upload, data: bytes) -> None:
        """Append. Raises SalonError: the disk is full, or more comes than was announced."""
        if len(data) > upload.left:
            raise SalonError(refuse(SIZE_DIFFERS, name=upload.note.name, size=upload.note.size))
        upload.offset = await self.blobs.write(upload.id, data)
        upload.active = self._hall.clock()
        self._tell(upload)

    async def cut(self, upload: Upload, size: int) -> None:
        """Forget what came behind `size` bytes."""
        await self.blobs.cut(upload.id, size)
        upload.offset = size

    async def complete(self, upload: Upload) -> Kept | Refusal:
        """All bytes are there: put the file on the shelf."""
        return await self._complete(upload)

    async def _complete(self, upload: Upload) -> Kept | Refusal:
        note = upload.note
        upload.turn += 1
        if not upload.whole:
            upload.whole = await self.blobs.finish(upload.id)
        self._pinned[upload.whole] += 1
        try:
            command = Shelve(note.name, note.size, upload.whole, self.policy.keeps(note.room), id=f"upload {upload.id}")
            outcome = await self._submit(note.room, note.person, command)
        finally:
            self._pinned[upload.whole] -= 1
        if isinstance(outcome, Refusal):
            if outcome.problem.retry:
                return outcome  # the bytes are kept: the next look at the upload tries again
            self._let_go(upload.whole)
        else:
            upload.seq = outcome.seq
        self.uploads.pop(upload.id, None)
        await self.blobs.discard(upload.id)
        return outcome

    async def _submit(self, room_key: str, person: Person, command: Command) -> Kept | Refusal:
        room = await self._hall.open(room_key, RoomState(room_key))
        waiter = _Waiter(self._hall.loop, person)
        self._hall.submitting.submit(room, waiter, command)
        return await waiter.outcome

    async def discard(self, upload: Upload) -> None:
        """Give up an upload: its space is free again."""
        upload.turn += 1
        self.uploads.pop(upload.id, None)
        self._tell(upload, gone=True)
        await self.blobs.discard(upload.id)

    async def keep_house(self) -> None:
        """Give up uploads that were silent for a day, and sweep bytes that nothing names."""
        old = self._hall.clock() - UPLOAD_EXPIRY_SECONDS * 1000
        for upload in [one for one in self.uploads.values() if one.active < old]:
            log.info("%s was not sent to its end and is given up", upload.note.name)
            await self.discard(upload)
        await self.blobs.sweep({*self._named, *self._pinned, *(one.whole for one in self.uploads.values())})

    # down

    async def listing(self, person: Person, room_name: str) -> list[Listed] | Refusal:
        """The room's files, newest first, then the operator's library by name."""
        room = await self._hall.find(person, room_name)
        if isinstance(room, Refusal):
            return room
        counts = await self._hall.store.downloads(room.key)
        keep = self.policy.keeps(room.key)
        listed = [
            Listed(m.name, m.size, m.sha256, m.by, m.time, counts.get(m.seq, 0), max(0, keep - place) if keep else 0)
            for place, m in enumerate(room.state.shelf)
        ]
        self._hall.forget_if_deserted(room)
        if self.library is not None and not room.state.direct:
            taken = {one.name for one in listed}
            books = await self.library.listing()
            listed += [
                Listed(b.name, b.size, b.sha256, "", b.time, 0, library=True) for b in books if b.name not in taken
            ]
        return listed

    async def open(self, person: Person, room_name: str, name: str) -> Opened | Refusal:
        """A file of the shelf, else of the library, by its name."""
        safe = safe_name(name)
        if isinstance(safe, Refusal):
            return safe
        room = await self._hall.find(person, room_name)
        if isinstance(room, Refusal):
            return room
        mark = shelf.find(room.state.shelf, safe)
        self._hall.forget_if_deserted(room)
        if mark is not None:
            return await self._opened(mark)
        if self.library is not None and not room.state.direct:
            book = await self.library.open(safe)
            if book is not None:
                return Opened(book.name, book.size, book.sha256, book.time, book.file)
        return refuse(NO_SUCH_FILE, name=safe)

    async def open_blob(self, person: Person, room_name: str, sha256: str) -> Opened | Refusal:
        """A file of the shelf by its hash."""
        room = await self._hall.find(person, room_name)
        if isinstance(room, Refusal):
            return room
        mark = next((mark for mark in room.state.shelf if mark.sha256 == sha256.lower()), None)
        self._hall.forget_if_deserted(room)
        return await self._opened(mark) if mark else refuse(NO_SUCH_FILE, name=sha256[:64])

    async def _opened(self, mark: Shelfmark) -> Opened | Refusal:
        file = await self.blobs.open(mark.sha256)
        if file is None:
            log.error("The bytes of %s are gone: %s", mark.name, mark.sha256)
            return refuse(NO_SUCH_FILE, name=mark.name)
        return Opened(mark.name, mark.size, mark.sha256, mark.time, file, mark)

    async def fetched(self, room_name: str, opened: Opened, person: Person) -> None:
        """A download came to its end."""
        room = await self._hall.find(person, room_name)
        if isinstance(room, Room):
            if opened.mark is not None:
                await self._hall.store.count_download(room.key, opened.mark.seq)
            self._hall.forget_if_deserted(room)

    # away

    async def unshelve(self, person: Person, room_key: str, name: str) -> Kept | Refusal:
        """Take one's own file off the shelf."""
        return await self._submit(room_key, person, Unshelve(name))

    def _changed(self, before: Shelf, after: Shelf) -> None:
        """A shelf is another one now: bytes that nothing names any more go."""
        self._named.update(mark.sha256 for mark in after)
        self._named.subtract(mark.sha256 for mark in before)
        for mark in before:
            self._let_go(mark.sha256)

    def _let_go(self, sha256: str) -> None:
        if self._named[sha256] <= 0 and not self._pinned[sha256]:
            del self._named[sha256]
            self.blobs.remove(sha256)

    # telling

    def _tell(self, upload: Upload, room: Room | None = None, *, gone: bool = False) -> None:
        """Tell full clients in the room how far the upload is. Not in the log: latest wins, who is busy misses it."""
        now = self._hall.clock()
        room = room or self._hall.rooms.get(upload.note.room)
        if room is None or not (gone or now - upload.told >= _TELL_EVERY_MS):
            return
        upload.told = now
        note = upload.note
        for session in room.followers:
            if isinstance(session.dialect, Documents) and not session.parked:
                progress = session.dialect.progress(
                    room.view, note.person.name, note.name, note.size, upload.offset, gone
                )
                session.reply(progress)
