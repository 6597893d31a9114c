"""Receiving files: each on its way to a room's shelf, over as many connections as it takes.

Bytes first, then the entry that names them. What an upload will need on the disk is reserved before its first byte.
"""

import logging
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from salon.core import shelf
from salon.core.batch import Kept
from salon.core.commands import Command, Shelve
from salon.core.filenames import safe_name
from salon.core.limits import UPLOAD_EXPIRY_SECONDS, UPLOADS_PER_PERSON
from salon.core.people import Person
from salon.core.room import RoomState
from salon.errors import (
    NO_ROOM,
    SIZE_DIFFERS,
    TOO_LARGE,
    TOO_MANY_UPLOADS,
    UNKNOWN_UPLOAD,
    Refusal,
    SalonError,
    refuse,
)
from salon.hall.named_bytes import NamedBytes
from salon.hall.ports import Blobs, Unfinished
from salon.hall.room import Room
from salon.hall.uploads import Note, Upload, decode_note
from salon.wire.dialect import Documents

if TYPE_CHECKING:
    from salon.hall.hall import Hall

log = logging.getLogger("salon")

_FINISHED = 1_000  # uploads that are remembered as over
_TELL_EVERY_MS = 500  # how often a room is told how far an upload is


class Policy(Struct, frozen=True):
    """What the operator wants of shelves. 0 is no limit."""

    keep: int = 0
    keep_in: Mapping[str, int] = {}
    max_file: int = 0

    def keeps(self, room: str) -> int:
        """How many files the shelf of the room with this key keeps."""
        return self.keep_in.get(room, self.keep)


class Waiter:
    """Somebody who submits one command and waits for what becomes of it."""

    def __init__(self, loop: AbstractEventLoop, person: Person) -> None:
        self.person = person
        self.outcome: Future[Kept | Refusal] = loop.create_future()

    def settle(self, _room: str, outcomes: list[tuple[Command, Kept | Refusal]]) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcomes[0][1])


async def submit(hall: "Hall", note: Note, command: Command) -> Kept | Refusal:
    """Have a command decided in the upload's room, which need not be in memory, and wait until it is durable."""
    room = await hall.open(note.room, RoomState(note.shown))
    waiter = Waiter(hall.loop, note.person)
    hall.submitting.submit(room, waiter, command)
    return await waiter.outcome


class Receiving:
    """Uploads on their way to all rooms' shelves."""

    def __init__(self, hall: "Hall", blobs: Blobs, named: NamedBytes, policy: Policy) -> None:
        self.blobs = blobs
        self.named = named
        self.policy = policy
        self.uploads: dict[str, Upload] = {}
        self.finished: dict[str, Upload] = {}  # lately over: for whoever did not hear so
        self._hall = hall

    async def take_up(self, unfinished: Unfinished) -> None:
        """Go on with what a server before this one left."""
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
            await self.complete(upload)

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
        upload = Upload(Note(room.key, room.view.name, name, size, person), self._hall.clock())
        keep = self.policy.keeps(room.key)
        upload.evicts = [mark.name for mark in shelf.pushed_out(room.state.shelf, name, keep)]
        self.uploads[upload.id] = upload
        try:
            if sha256 and await self._readable(person, sha256, size):
                upload.whole, upload.offset = sha256, size
            else:
                await self.blobs.create(upload.id, upload.encoded_note())
            if upload.offset == size:
                done = await self.complete(upload)
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
        if sha256 not in self.named:
            return False
        for stored in await self._hall.store.rooms():
            if stored.state.admits(person) and any((m.sha256, m.size) == (sha256, size) for m in stored.state.shelf):
                return True
        return False

    def upload(self, upload_id: str) -> Upload | Refusal:
        return self.uploads.get(upload_id) or refuse(UNKNOWN_UPLOAD)

    async def look_up(self, upload_id: str) -> Upload | Refusal:
        """An upload on its way or lately over; one whose bytes are all here but not on the shelf yet is put there."""
        upload = self.uploads.get(upload_id) or self.finished.get(upload_id)
        if upload is None:
            return refuse(UNKNOWN_UPLOAD)
        if not (upload.seq or upload.left or upload.lock.locked()):
            async with upload.lock:
                outcome = await self.complete(upload)
            if isinstance(outcome, Refusal):
                return outcome
        return upload

    def take_turn(self, upload: Upload, breaker: Callable[[], None]) -> int:
        """Become the one who writes; whoever wrote before stops at its next byte, and its connection ends."""
        if upload.breaker is not None and upload.breaker != breaker:
            upload.breaker()
        upload.breaker = breaker
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
        note = upload.note
        upload.turn += 1
        if not upload.whole:
            upload.whole = await self.blobs.finish(upload.id)
        with self.named.pinned(upload.whole):
            command = Shelve(note.name, note.size, upload.whole, self.policy.keeps(note.room), id=f"upload {upload.id}")
            outcome = await submit(self._hall, note, command)
        if isinstance(outcome, Refusal):
            if outcome.problem.retry:
                return outcome  # the bytes are kept: the next look at the upload tries again
            self.named.let_go(upload.whole)
        else:
            upload.seq = outcome.seq
            self.finished[upload.id] = upload
            if len(self.finished) > _FINISHED:
                del self.finished[next(iter(self.finished))]
        self.uploads.pop(upload.id, None)
        await self.blobs.discard(upload.id)
        return outcome

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
        await self.blobs.sweep(self.named.all | {one.whole for one in self.uploads.values()})

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
