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
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO, TypeVar

from salon.core.limits import GIB, MIB, ORPHAN_SECONDS
from salon.ground.clock import now_ms
from salon.hall.ports import Unfinished
from salon.stores.disk import guarded, open_private, remove_read_only, sync, sync_folder, write_all

log = logging.getLogger("salon")

T = TypeVar("T")

SYNC_BYTES = 8 * MIB
READ_BYTES = 4 * MIB
RESERVE_BYTES = 1 * GIB  # of the disk that uploads leave alone, or RESERVE_SHARE of it where that is less
RESERVE_SHARE = 0.05
_THREADS = 4


class _Incoming:
    """An upload's file and its hash so far. One job at a time works on it.

    The file is not buffered: what could not be written must not lie in wait for the next write.
    """

    __slots__ = ("file", "hash", "offset", "unsynced")

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.offset = 0
        self.hash = hashlib.sha256()
        self.unsynced = 0


class FolderBlobs:
    """`hall.ports.Blobs` in a folder that only its owner can enter."""

    def __init__(self, folder: Path, clock: Callable[[], int] = now_ms) -> None:
        self._clock = clock  # milliseconds since 1970 UTC, like the times of files
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
        return {entry.inode() for entry in self._all()}

    # in the threads

    def _run(self, threads: ThreadPoolExecutor, job: Callable[[], T]) -> Future[T]:
        return asyncio.get_running_loop().run_in_executor(threads, lambda: guarded(job))

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would."""
        return self._blobs / sha256[:2] / sha256

    def _create(self, upload: str, note: bytes) -> None:
        path = self._uploads / upload
        self._incoming[upload] = _Incoming(open_private(path))
        try:
            path.with_suffix(".note").write_bytes(note)
        except OSError:
            self._discard(upload)
            raise

    def _incoming_of(self, upload: str) -> _Incoming:
        """The upload's file; where a server before this one began it, its bytes are hashed again first."""
        incoming = self._incoming.get(upload)
        if incoming is None:
            file = (self._uploads / upload).open("r+b", buffering=0)
            incoming = _Incoming(file)
            while data := file.read(READ_BYTES):
                incoming.hash.update(data)
                incoming.offset += len(data)
            self._incoming[upload] = incoming
        return incoming

    def _write(self, upload: str, data: bytes) -> int:
        incoming = self._incoming_of(upload)
        if len(data) > self.free():  # somebody else took what was reserved: the rest is the log's
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        try:
            write_all(incoming.file, data)
        except OSError:
            self._cut(upload, incoming.offset)
            raise
        incoming.hash.update(data)
        incoming.offset += len(data)
        incoming.unsynced += len(data)
        if incoming.unsynced >= SYNC_BYTES:
            sync(incoming.file)
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
        source = self._uploads / upload
        whole = source.with_suffix(".sha256")
        if whole.exists() and not source.exists():
            return whole.read_text()  # it came so far before
        incoming = self._incoming_of(upload)
        sync(incoming.file)
        # From here on a failure leaves the upload as another server would find it: its bytes are hashed again.
        del self._incoming[upload]
        incoming.file.close()
        sha256 = incoming.hash.hexdigest()
        path = self.path(sha256)
        whole.write_text(sha256)
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700)
            sync_folder(self._blobs)
        if path.exists():
            source.unlink()
        else:
            source.replace(path)
            path.chmod(0o400)
            sync_folder(path.parent)
        os.utime(path)  # young again: the sweep leaves it alone until the entry that names it is written
        return sha256

    def _discard(self, upload: str) -> None:
        incoming = self._incoming.pop(upload, None)
        if incoming is not None:
            incoming.file.close()
        path = self._uploads / upload
        # The note first: what has none is nothing that a server after a crash would take up.
        for one in (path.with_suffix(".note"), path.with_suffix(".sha256"), path):
            one.unlink(missing_ok=True)

    def _find_unfinished(self) -> list[Unfinished]:
        for stray in self._uploads.iterdir():
            if stray.is_file() and not stray.with_suffix(".note").exists():
                stray.unlink()
        found = []
        for note in sorted(self._uploads.glob("*.note")):
            path, whole = note.with_suffix(""), note.with_suffix(".sha256")
            # A hash that stands beside bytes which are still there was written just before the server died.
            sha256 = whole.read_text() if whole.exists() and not path.exists() else ""
            file = self.path(sha256) if sha256 else path
            if not file.is_file():
                self._discard(path.name)
                continue
            status = file.stat()
            silent = max(0.0, self._clock() / 1000 - status.st_mtime)
            found.append(Unfinished(path.name, note.read_bytes(), status.st_size, silent, sha256))
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
            remove_read_only(path)  # Windows

    def _sweep(self, named: Collection[str]) -> int:
        swept = 0
        for entry in self._all():
            if entry.name not in named and self._clock() / 1000 - entry.stat().st_mtime > ORPHAN_SECONDS:
                self._remove(Path(entry.path))
                swept += 1
        return swept

    def _all(self) -> Iterator[os.DirEntry[str]]:
        """Every blob, and nothing that somebody else put beside them."""
        for folder in self._blobs.glob("[0-9a-f][0-9a-f]"):
            with suppress(NotADirectoryError), os.scandir(folder) as entries:
                yield from (entry for entry in entries if entry.name.startswith(folder.name))

    def _close(self) -> None:
        for incoming in self._incoming.values():
            with suppress(OSError):
                sync(incoming.file)
            incoming.file.close()
        self._incoming.clear()
        self._threads.shutdown(wait=False)
        self._last.shutdown(wait=False)
