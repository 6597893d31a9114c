"""The folder whose files a person hands out: nothing else can be reached through it, however it is called.

A name is a `SafeName`, so it names no place. It is opened against the folder itself, never through a link, without
waiting for anybody (a pipe has no end, or no beginning), and only then looked at: what it is, is what was opened.
"""

from __future__ import annotations

import asyncio
import os
import stat
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from salon.client.transfers.hashing import Hashing
from salon.core.filenames import SafeName
from salon.core.limits import MIB
from salon.errors import FILE_CHANGED, NO_SUCH_FILE, UNREADABLE, SalonError, refuse
from salon.ground.clock import now_ms

_SMALL_BYTES = 16 * MIB  # hashed at once, however many large files are being hashed
_LARGE_AT_ONCE = 2  # processors are there for others too
_KEPT_HASHES = 1_000
_FRESH_NS = 2_000_000_000  # a file written to within this may be written to again without its times telling
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
BY_FOLDER = os.open in os.supports_dir_fd  # Windows opens by whole paths only

_Mark = tuple[int, int, int, int, int]


class SharedFile:
    """One open regular file. `file` is read by offset, by several at once."""

    def __init__(self, name: SafeName, descriptor: int) -> None:
        self.name = name
        self.file = FileIO(descriptor)
        self.hashed = 0
        self._reading = threading.Lock()
        self._mark = _mark_of(os.fstat(descriptor))

    @property
    def size(self) -> int:
        return self._mark[2]

    @property
    def mark(self) -> _Mark:
        """What would be different if it were another file, or had been written to."""
        return self._mark

    @property
    def changed(self) -> bool:
        return _mark_of(os.fstat(self.file.fileno())) != self._mark

    def read(self, offset: int, wanted: int) -> bytes:
        """So many bytes, or as many as there are. Raises OSError. Blocks: for a thread."""
        with self._reading:
            self.file.seek(offset)
            return self.file.read(wanted) or b""

    def hash(self, stopped: threading.Event) -> str:
        """The SHA-256 of its bytes. Raises SalonError, or OSError. Blocks: for a thread."""
        hashing = Hashing()
        try:
            while not stopped.is_set() and (count := self._read_into(piece := hashing.piece())):
                hashing.put(piece[:count])
                self.hashed += count
        finally:
            sha256 = hashing.settle()
        if self.hashed != self.size or self.changed:
            raise SalonError(refuse(FILE_CHANGED, name=self.name))
        return sha256

    def _read_into(self, piece: memoryview) -> int:
        with self._reading:
            self.file.seek(self.hashed)
            return self.file.readinto(piece) or 0

    def close(self) -> None:
        """Let go of it, behind a read that is under way."""
        with self._reading:
            self.file.close()


class SharedFolder:
    """Opens files of one folder, and knows the hashes of those that were asked for.

    Raises SalonError where there is no such folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hashes: OrderedDict[_Mark, str] = OrderedDict()
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        try:
            if not path.is_dir():
                raise NotADirectoryError(f"{path} is no folder")
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)) if BY_FOLDER else -1
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise SalonError(refuse(UNREADABLE, name=path, why=why)) from error

    def open(self, name: SafeName) -> SharedFile:
        """The file of this name. Raises SalonError where there is none that may be had. Blocks, but not for long."""
        if name.startswith("."):  # settings and secrets of programs; nobody means to share these
            raise SalonError(refuse(NO_SUCH_FILE, name=name))
        # Names are compared in one form of Unicode; some systems keep them in the other.
        spellings = dict.fromkeys((name, unicodedata.normalize("NFD", name)))
        for spelling in spellings:
            descriptor = self._open(spelling)
            if descriptor is not None:
                return SharedFile(name, descriptor)
        raise SalonError(refuse(NO_SUCH_FILE, name=name))

    def _open(self, name: str) -> int | None:
        """The file's descriptor; None where there is none, or something that is no regular file."""
        try:
            if BY_FOLDER:
                descriptor = os.open(name, _FLAGS, dir_fd=self._descriptor)
            else:
                descriptor = _open_by_path(self.path / name)
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise SalonError(refuse(UNREADABLE, name=name, why=error.strerror)) from error
        except (
            OSError,
            ValueError,
        ):  # a link, a socket, a device that nobody serves, a name that this system cannot have
            return None
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        return None

    async def hash_of(self, file: SharedFile, told: Callable[[], None], every: float) -> str:
        """The file's SHA-256, known from before or worked out now; `told` is called every so many seconds meanwhile.

        Raises SalonError where it changes while it is read.
        """
        known = self._hashes.get(file.mark)
        if known is None:
            if file.size <= _SMALL_BYTES:
                known = await _hash(file, told, every)
            else:
                async with self._large:
                    # Whoever waited may find it done by whoever did not.
                    known = self._hashes.get(file.mark) or await _hash(file, told, every)
            self._keep(file.mark, known)
        return known

    def _keep(self, mark: _Mark, sha256: str) -> None:
        if now_ms() * 1_000_000 - max(mark[3:]) > _FRESH_NS:
            self._hashes[mark] = sha256
            if len(self._hashes) > _KEPT_HASHES:
                self._hashes.popitem(last=False)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


async def _hash(file: SharedFile, told: Callable[[], None], every: float) -> str:
    stopped = threading.Event()
    hashing = asyncio.get_running_loop().run_in_executor(None, file.hash, stopped)
    # Where nobody waits for it any more, asyncio need not complain about what became of it.
    hashing.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        while not hashing.done():
            await asyncio.wait([hashing], timeout=every)
            if not hashing.done():
                told()
        return hashing.result()
    except OSError as error:
        raise SalonError(refuse(UNREADABLE, name=file.name, why=error.strerror or error)) from error
    finally:
        stopped.set()


def _open_by_path(path: Path) -> int:
    """Open it where folders cannot be opened: looked at before and after, so that a link that comes between is seen."""
    before = path.lstat()
    if not stat.S_ISREG(before.st_mode):
        raise FileNotFoundError
    descriptor = os.open(path, _FLAGS)
    if not os.path.samestat(before, os.fstat(descriptor)):
        os.close(descriptor)
        raise FileNotFoundError
    return descriptor


def _mark_of(status: os.stat_result) -> _Mark:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
