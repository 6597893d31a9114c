"""Receiving files: each on its way to a room's shelf, over as many connections as it takes.

Bytes first, then the entry that names them. What an upload will need on the disk is reserved before its first byte.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from salon.core import shelf
from salon.core.batch import Kept
from salon.core.commands import Shelve
from salon.core.filenames import safe_name
from salon.core.limits import UPLOAD_EXPIRY_SECONDS, UPLOADS, UPLOADS_PER_PERSON
from salon.core.names import fold
from salon.core.people import Person
from salon.errors import (
    NO_ROOM,
    SIZE_DIFFERS,
    TOO_LARGE,
    TOO_MANY_UPLOADS,
    UNKNOWN_UPLOAD,
    UPLOADS_FULL,
    Refusal,
    SalonError,
    refuse,
)
from salon.hall.named_bytes import NamedBytes
from salon.hall.ports import Blobs, Unfinished
from salon.hall.uploads import Note, Upload, decode_note
from salon.hall.waiting import submit
from salon.wire.dialect import Dialect, Documents

if TYPE_CHECKING:
    from salon.hall.hall import Hall

log = logging.getLogger("salon.events")

_FINISHED = 1_000  # uploads that are remembered as over
_TELL_EVERY_MS = 500  # how often a room is told how far an upload is
_SWEEP_EVERY_MS = 600_000  # it looks at every blob there is


class Policy(Struct, frozen=True):
    """What the operator wants of shelves. 0 is no limit."""

    keep: int = 0
    keep_in: Mapping[str, int] = {}
    max_file: int = 0

    def keeps(self, room: str) -> int:
        """How many files the shelf of the room with this key keeps."""
        return self.keep_in.get(room, self.keep)


class Receiving:
    """Uploads on their way to all rooms' shelves.

    `write`, `cut`, `complete` and `discard` are called by whoever holds the upload's lock.
    """

    def __init__(self, hall: "Hall", blobs: Blobs, named: NamedBytes, policy: Policy) -> None:
        self.blobs = blobs
        self.named = named
        self.policy = policy
        self.uploads: dict[str, Upload] = {}
        self.finished: dict[str, Upload] = {}  # lately over: for whoever did not hear so
        self._hall = hall
        self._next_sweep = 0

    async def take_up(self, unfinished: Unfinished) -> None:
        """Go on with what a server before this one left."""
        try:
            note = decode_note(unfinished.note)
        except msgspec.MsgspecError:
            await self.blobs.discard(unfinished.upload)
            return
        cut = note.once and unfinished.offset < note.size
        if cut or unfinished.offset > note.size:  # the latter was never written by us
            await self.blobs.discard(unfinished.upload)
            return
        upload = Upload(note, self._hall.clock() - int(unfinished.silent * 1000), unfinished.upload)
        upload.offset = unfinished.offset
        if unfinished.sha256:
            self._found_whole(upload, unfinished.sha256)
        self.uploads[upload.id] = upload
        upload.show(self._hall.transfers)
        await self._try_to_complete(upload)

    async def begin(
        self, person: Person, room_name: str, raw_name: str, size: int, sha256: str = "", *, once: bool = False
    ) -> Upload | Refusal:
        """An upload that may begin, its space reserved; or one that is over already, where its bytes are here.

        `evicts` of the answer names what it will push out. `sha256`: what the sender says the bytes are; taken only
        where they may read such a file already. `once`: a cut of the sender's connection will be the end of it.
        """
        name = safe_name(raw_name)
        if isinstance(name, Refusal):
            return name
        if self.policy.max_file and size > self.policy.max_file:
            return refuse(TOO_LARGE, name=raw_name, limit=self.policy.max_file)
        room = await self._hall.find_or_make(person, room_name)
        if isinstance(room, Refusal):
            return room
        upload = Upload(
            Note(room.key, room.view.name, name, size, person, once, room.state.between), self._hall.clock()
        )
        upload.evicts = [one.name for one in shelf.pushed_out(room.state.shelf, name, self.policy.keeps(room.key))]
        self._hall.forget_if_deserted(room)
        # From here to its place among the others nothing is awaited: two must not be given the same space.
        refusal = self._refuse(upload)
        if refusal is not None:
            return refusal
        self.uploads[upload.id] = upload
        async with upload.lock:
            try:
                outcome = await self._start(upload, sha256)
            except SalonError as error:
                outcome = error.refusal
            if isinstance(outcome, Refusal):
                await self.discard(upload)
                return outcome
        if upload.id in self.uploads:
            upload.show(self._hall.transfers)
            self._tell(upload)  # else its bytes were here: it is on the shelf, and nothing is on its way
        return upload

    def _refuse(self, upload: Upload) -> Refusal | None:
        """Why there is no place for one more upload, or None where there is."""
        note = upload.note
        if sum(_same(one.note.person, note.person) for one in self.uploads.values()) >= UPLOADS_PER_PERSON:
            return refuse(TOO_MANY_UPLOADS, limit=UPLOADS_PER_PERSON)
        if len(self.uploads) >= UPLOADS:
            return refuse(UPLOADS_FULL, limit=UPLOADS)
        reserved = sum(one.left for one in self.uploads.values())
        if note.size > self.blobs.free() - reserved:
            return refuse(NO_ROOM, name=note.name, size=note.size)
        return None

    async def _start(self, upload: Upload, offered: str) -> Kept | Refusal | None:
        """Make a place for the bytes; where none have to come, put the file on the shelf."""
        size = upload.note.size
        if offered in self.named:
            self._found_whole(upload, offered)  # they stay while it is found out who may read them
            if not await self._readable(upload.note.person, offered, size):
                self._forget_whole(upload)
        if upload.whole:
            upload.offset = size
        else:
            await self.blobs.create(upload.id, upload.encoded_note())
        return None if upload.left else await self.complete(upload)

    async def _readable(self, person: Person, sha256: str, size: int) -> bool:
        """Whether the bytes are on a shelf that this person may read: only then may they stand for an upload."""
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
        refusal = await self._try_to_complete(upload)
        return refusal or upload

    async def _try_to_complete(self, upload: Upload) -> Refusal | None:
        """Put a file whose bytes are all here on the shelf, unless somebody is at it; why it cannot be yet."""
        if upload.left or upload.lock.locked():
            return None
        async with upload.lock:
            if upload.id not in self.uploads:
                return None
            try:
                outcome = await self.complete(upload)
            except SalonError as error:
                return error.refusal
        return outcome if isinstance(outcome, Refusal) else None

    def take_turn(self, upload: Upload, breaker: Callable[[], None]) -> int:
        """Become the one who writes; whoever wrote before stops at its next byte, and its connection ends."""
        if upload.breaker is not None:
            upload.breaker()
        upload.move(breaker)
        upload.turn += 1
        upload.active = self._hall.clock()
        return upload.turn

    def end_turn(self, upload: Upload, breaker: Callable[[], None]) -> None:
        """Write no more: the connection is for something else now, and must not be ended for this upload's sake."""
        if upload.breaker is breaker:
            upload.move(None)

    async def write(self, upload: Upload, data: bytes) -> None:
        """Append. Raises SalonError: the disk is full, or more comes than was announced."""
        if len(data) > upload.left:
            raise SalonError(refuse(SIZE_DIFFERS, name=upload.note.name, size=upload.note.size))
        upload.stand_at(await self.blobs.write(upload.id, data))
        upload.active = self._hall.clock()
        self._tell(upload)

    async def cut(self, upload: Upload, size: int) -> None:
        """Forget what came behind `size` bytes."""
        await self.blobs.cut(upload.id, size)
        upload.stand_at(size)

    async def complete(self, upload: Upload) -> Kept | Refusal:
        """All bytes are there: put the file on the shelf. Raises SalonError where they cannot be stored.

        Where that may succeed later, the bytes are kept: the next look at the upload tries again.
        """
        note = upload.note
        upload.turn += 1
        if not upload.whole:
            upload.whole = await self.named.finish(upload.id)
        command = Shelve(note.name, note.size, upload.whole, self.policy.keeps(note.room), id=f"upload {upload.id}")
        outcome = await submit(self._hall, note.person, note.room, note.shown, command, note.between)
        if isinstance(outcome, Kept):
            log.info("%s put %s on the shelf of %s", note.person.name, note.name, note.shown)
            upload.seq = outcome.seq
            self.finished[upload.id] = upload
            if len(self.finished) > _FINISHED:
                del self.finished[next(iter(self.finished))]
            await self._end(upload)
        elif not outcome.problem.retry:
            await self.discard(upload)
        return outcome

    async def discard(self, upload: Upload) -> None:
        """Give up an upload: its space is free again."""
        upload.turn += 1
        if upload.id in self.uploads:
            self._tell(upload, gone=True)
            await self._end(upload)

    async def _end(self, upload: Upload) -> None:
        del self.uploads[upload.id]
        upload.breaker = None
        if upload.transfer is not None:
            self._hall.transfers.end(upload.transfer)
        if upload.whole:
            self.named.unpin(upload.whole)
        with suppress(SalonError):  # it was noted; what is left is found by the next server
            await self.blobs.discard(upload.id)

    def _found_whole(self, upload: Upload, sha256: str) -> None:
        self.named.pin(sha256)
        upload.whole = sha256

    def _forget_whole(self, upload: Upload) -> None:
        self.named.unpin(upload.whole)
        upload.whole = ""

    async def keep_house(self) -> None:
        """Give up uploads that were silent for a day, try again what could not be shelved, sweep what nothing names."""
        old = self._hall.clock() - UPLOAD_EXPIRY_SECONDS * 1000
        for upload in list(self.uploads.values()):
            if upload.active < old:
                log.info("%s was not sent to its end and is given up", upload.note.name)
                async with upload.lock:
                    await self.discard(upload)
            else:
                await self._try_to_complete(upload)
        if self._hall.clock() >= self._next_sweep:
            self._next_sweep = self._hall.clock() + _SWEEP_EVERY_MS
            await self.blobs.sweep(self.named.all)

    def _tell(self, upload: Upload, *, gone: bool = False) -> None:
        """Tell full clients in the room how far the upload is. Not in the log: latest wins, who is busy misses it."""
        now = self._hall.clock()
        room = self._hall.rooms.get(upload.note.room)
        if room is None or not (gone or now - upload.told >= _TELL_EVERY_MS):
            return
        upload.told = now
        note = upload.note
        encoded: dict[Dialect, bytes] = {}
        for session in room.followers:
            dialect = session.dialect
            if isinstance(dialect, Documents) and not session.parked:
                if dialect not in encoded:
                    encoded[dialect] = dialect.progress(
                        room.view, note.person.name, note.name, note.size, upload.offset, gone
                    )
                session.reply(encoded[dialect])


def _same(one: Person, other: Person) -> bool:
    """Whether two uploads count as one person's: whoever shows no secret is taken at their name."""
    if one.lasting or other.lasting:
        return one.number == other.number
    return fold(one.name) == fold(other.name)
