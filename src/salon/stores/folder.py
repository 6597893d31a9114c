"""Blobs in a folder: bytes under the SHA-256 of what they are, and uploads until they are whole.

    blobs/ab/ab12…      the bytes whose hash is ab12…; read-only
    uploads/ID          what has come of an upload so far
    uploads/ID.note     what the upload is, in the words of whoever began it
    uploads/ID.sha256   the hash of an upload that is whole, until an entry names it

Bytes are hashed while they are written, in threads of their own, and synced every few megabytes: one sync at the end
would hold up the log's commits for as long as the disk takes to write everything.
"""

import asyncio
import errno
import hashlib
import logging
import os
import shutil
from asyncio import Future
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from salon.core.limits import GIB, MIB
from salon.errors import DISK_FULL, STORAGE_FAILED, SalonError, refuse
from salon.ground.clock import now_ms
from salon.hall.ports import Unfinished

log = logging.getLogger("salon")

T = TypeVar("T")

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))

SYNC_BYTES = 8 * MIB
READ_BYTES = 4 * MIB
RESERVE_BYTES = 1 * GIB  # of the disk that uploads leave alone, or RESERVE_SHARE of it where that is less
RESERVE_SHARE = 0.05
ORPHAN_SECONDS = 3600  # a blob that nothing names is swept once it is so old
_THREADS = 4


class _Incoming:
    """An upload's file and its hash so far. One job at a time works on it."""

    __slots__ = ("file", "hash", "offset", "unsynced")

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.file = file
        self.offset = offset
        self.hash = hashlib.sha256()
        self.unsynced = 0


class FolderBlobs:
    """`hall.ports.Blobs` in a folder that only its owner can enter."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "blobs"
        self._uploads = folder / "uploads"
        for path in (folder, self._blobs, self._uploads):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._incoming: dict[str, _Incoming] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "salon-blobs")
        self._last = ThreadPoolExecutor(1, "salon-blobs-last")  # moving into place and removing, one after the other

    def free(self) -> int:
        """Bytes that uploads may still take, beside what is reserved for the log."""
        usage = shutil.disk_usage(self._blobs)
        return usage.free - min(RESERVE_BYTES, int(usage.total * RESERVE_SHARE))

    def unfinished(self) -> Future[list[Unfinished]]:
        """The uploads that a server before this one left, with their notes and how long they have been silent."""
        return self._run(self._threads, self._find_unfinished)

    def create(self, upload: str, note: bytes) -> Future[None]:
        """Begin an upload. `upload` is a name of the server's own making."""
        return self._run(self._threads, lambda: self._create(upload, note))

    def write(self, upload: str, data: bytes) -> Future[int]:
        """Append; how much there is then. Jobs of one upload must not overlap."""
        return self._run(self._threads, lambda: self._write(upload, data))

    def cut(self, upload: str, size: int) -> Future[None]:
        """Forget everything behind `size` bytes."""
        return self._run(self._threads, lambda: self._cut(upload, size))

    def finish(self, upload: str) -> Future[str]:
        """The SHA-256 of what was written, under which it is found from now on, durably.

        The upload is still known, with its hash, until it is discarded: a server that dies before the entry that names
        the bytes is written finds it again.
        """
        return self._run(self._last, lambda: self._finish(upload))

    def discard(self, upload: str) -> Future[None]:
        """Give up an upload and its space."""
        return self._run(self._last, lambda: self._discard(upload))

    def open(self, sha256: str) -> Future[BinaryIO | None]:
        """The bytes, to be closed by whoever asked; readable to their end also when they are removed meanwhile."""
        return self._run(self._threads, lambda: self._open(sha256))

    def remove(self, sha256: str) -> Future[None]:
        """Let bytes go that nothing names."""
        return self._run(self._last, lambda: self._remove(self.path(sha256)))

    def sweep(self, named: Collection[str]) -> Future[int]:
        """Remove old blobs that nothing names, left by a server that died between two steps; how many."""
        return self._run(self._last, lambda: self._sweep(named))

    def close(self) -> Future[None]:
        """Close what is open. Uploads go on with the next server."""
        return self._run(self._last, self._close)

    def in_turn(self, job: Callable[[], T]) -> Future[T]:
        """Run a job behind those that move blobs into place and remove them, as they were asked for."""
        return self._run(self._last, job)

    def inodes(self) -> set[int]:
        """The numbers by which the file system knows the blobs."""
        return {path.stat().st_ino for path in self._blobs.glob("??/*")}

    # in the threads

    def _run(self, threads: ThreadPoolExecutor, job: Callable[[], T]) -> Future[T]:
        return asyncio.get_running_loop().run_in_executor(threads, lambda: _guarded(job))

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would."""
        return self._blobs / sha256[:2] / sha256

    def _create(self, upload: str, note: bytes) -> None:
        path = self._uploads / upload
        note_path = path.with_suffix(".note")
        try:
            note_path.write_bytes(note)
            self._incoming[upload] = _Incoming(_open_private(path), 0)
        except OSError:
            self._discard(upload)
            raise

    def _incoming_of(self, upload: str) -> _Incoming:
        """The upload's file; where a server before this one began it, its bytes are hashed again first."""
        incoming = self._incoming.get(upload)
        if incoming is None:
            file = (self._uploads / upload).open("r+b")
            incoming = _Incoming(file, 0)
            while data := file.read(READ_BYTES):
                incoming.hash.update(data)
                incoming.offset += len(data)
            self._incoming[upload] = incoming
        return incoming

    def _write(self, upload: str, data: bytes) -> int:
        incoming = self._incoming_of(upload)
        try:
            incoming.file.write(data)
            incoming.file.flush()
        except OSError:
            self._cut(upload, incoming.offset)
            raise
        incoming.hash.update(data)
        incoming.offset += len(data)
        incoming.unsynced += len(data)
        if incoming.unsynced >= SYNC_BYTES:
            _sync(incoming.file)
            incoming.unsynced = 0
        return incoming.offset

    def _cut(self, upload: str, size: int) -> None:
        incoming = self._incoming_of(upload)
        incoming.file.truncate(size)
        if incoming.offset != size:  # the hash has bytes that are not there any more
            incoming.file.close()
            del self._incoming[upload]
            self._incoming_of(upload)
        else:
            incoming.file.seek(size)

    def _finish(self, upload: str) -> str:
        incoming = self._incoming_of(upload)
        _sync(incoming.file)
        incoming.file.close()
        sha256 = incoming.hash.hexdigest()
        path = self.path(sha256)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        source = self._uploads / upload
        source.with_suffix(".sha256").write_text(sha256)
        if path.exists():
            source.unlink()
        else:
            source.chmod(0o400)
            source.replace(path)
            _sync_folder(path.parent)
        os.utime(path)  # young again: the sweep leaves it alone until the entry that names it is written
        del self._incoming[upload]
        return sha256

    def _discard(self, upload: str) -> None:
        incoming = self._incoming.pop(upload, None)
        if incoming is not None:
            incoming.file.close()
        path = self._uploads / upload
        for one in (path, path.with_suffix(".sha256"), path.with_suffix(".note")):
            one.unlink(missing_ok=True)

    def _find_unfinished(self) -> list[Unfinished]:
        found = []
        for note in sorted(self._uploads.glob("*.note")):
            path, whole = note.with_suffix(""), note.with_suffix(".sha256")
            sha256 = whole.read_text() if whole.exists() else ""
            if not path.exists() and not self.path(sha256).is_file():
                self._discard(path.name)
                continue
            status = (path if path.exists() else self.path(sha256)).stat()
            silent = max(0.0, now_ms() / 1000 - status.st_mtime)
            # A hash that stands beside bytes which are still there was written just before the server died.
            found.append(
                Unfinished(path.name, note.read_bytes(), status.st_size, silent, "" if path.exists() else sha256)
            )
        return found

    def _open(self, sha256: str) -> BinaryIO | None:
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            return None

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except PermissionError:
            log.info("A file is still being read and is removed later.")  # Windows; the sweep comes back to it

    def _sweep(self, named: Collection[str]) -> int:
        swept = 0
        for path in self._blobs.glob("??/*"):
            age = now_ms() / 1000 - path.stat().st_mtime
            if path.name not in named and age > ORPHAN_SECONDS:
                self._remove(path)
                swept += 1
        return swept

    def _close(self) -> None:
        for incoming in self._incoming.values():
            with suppress(OSError):
                _sync(incoming.file)
            incoming.file.close()
        self._incoming.clear()
        self._threads.shutdown(wait=False)
        self._last.shutdown(wait=False)


def _guarded(job: Callable[[], T]) -> T:
    """Run a job; a failure of the disk becomes the refusal that people are told."""
    try:
        return job()
    except OSError as error:
        log.error("The folder of blobs failed: %s", error)
        full = error.errno in _FULL
        raise SalonError(refuse(DISK_FULL if full else STORAGE_FAILED)) from error


def _open_private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "r+b")


def _sync(file: BinaryIO) -> None:
    getattr(os, "fdatasync", os.fsync)(file.fileno())  # macOS and Windows have no fdatasync


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
