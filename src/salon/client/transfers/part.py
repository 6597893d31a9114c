"""A download that is not whole yet: a file beside the place where it will stand, which nobody takes for the whole.

It is called after the hash of what it will be. So what stands in it can be gone on with by whoever wants the same
bytes, also after this program was killed; another version of the file is another part.
"""

import asyncio
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from salon.client.transfers.intake import Intake
from salon.client.transfers.naming import WINDOWS, numbered, part_name
from salon.errors import NO_SPACE, UNWRITABLE, SalonError, refuse
from salon.ground.locks import try_lock

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class Part:
    """An open part, this program's alone. The functions that block are for a thread; all raise SalonError.

    offset  bytes that were taken in, and those that stood there before
    last    the byte before that, where there is one
    """

    def __init__(self, target: Path, size: int, path: Path, descriptor: int) -> None:
        self._target = target
        self._size = size
        self._path = path
        self._descriptor = descriptor
        self._intake = Intake(descriptor)

    @property
    def offset(self) -> int:
        return self._intake.offset

    @property
    def last(self) -> int | None:
        return self._intake.last

    def read_back(self) -> None:
        """Hash what stands there. Blocks."""
        with self._unwritable():
            if os.fstat(self._descriptor).st_size > self._size:
                os.ftruncate(self._descriptor, 0)
            self._intake.read_back()
            if self._size - self.offset > shutil.disk_usage(self._path.parent).free:
                raise SalonError(refuse(NO_SPACE, name=self._target.name, size=self._size))

    def take(self, data: bytes) -> None:
        """Bytes that come next, on a loop."""
        self._intake.take(data)

    async def room(self) -> None:
        """Wait until hash and disk have kept up."""
        with self._unwritable():
            await self._intake.room()

    def piece(self) -> memoryview:
        """Memory for bytes that come next, in a thread; `keep` is to get it. Blocks until hash and disk keep up."""
        with self._unwritable():
            return self._intake.piece()

    def keep(self, data: memoryview) -> None:
        """A piece, or its beginning, now that bytes stand in it. Blocks."""
        with self._unwritable():
            self._intake.keep(data)

    async def digest(self) -> str:
        """The SHA-256 of all that was taken in, which is written now."""
        with self._unwritable():
            return await asyncio.to_thread(self._intake.settle)

    async def empty(self) -> None:
        """Begin again from zero."""
        await self.digest()
        with self._unwritable():
            os.ftruncate(self._descriptor, 0)
        self._intake = Intake(self._descriptor)

    @contextmanager
    def _unwritable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(error, self._target, self._size) from error

    def place(self, *, replace: bool) -> Path:
        """Give it its final name, durably; where that is taken and not to be replaced, the next one with a number."""
        with self._unwritable():
            os.fsync(self._descriptor)
            if WINDOWS:  # an open file keeps its name there
                self._let_go()
            saved = self._renamed(replace)
        self._let_go()
        _sync_folder(saved.parent)
        return saved

    def _renamed(self, replace: bool) -> Path:
        if replace:
            return self._path.replace(self._target)
        number = 0
        while not _rename_to_new(self._path, saved := self._target.with_name(numbered(self._target.name, number))):
            number += 1
        return saved

    async def close(self) -> None:
        """Leave it to be gone on with; an empty one is of no use to anybody."""
        if self._descriptor < 0:
            return
        with suppress(SalonError):
            await self.digest()
        self._let_go()
        with suppress(OSError):
            if not self._path.stat().st_size:
                self._path.unlink()

    async def discard(self) -> None:
        """Throw it away."""
        with suppress(SalonError):
            await self.digest()
        self._let_go()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._descriptor >= 0:
            with suppress(OSError):
                self._intake.settle()  # its threads end
            os.close(self._descriptor)
            self._descriptor = -1


def open_part(target: Path, sha256: str, size: int) -> Part:
    """The part of what will stand at `target`, what stands in it hashed. Blocks. Raises SalonError."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_CLOEXEC", 0)
    number = 0
    try:
        while True:
            path = target.with_name(part_name(target.name, sha256, number))
            descriptor = os.open(path, flags, 0o666)
            # Somebody else may be getting the same into the same folder, or have got it between these two steps.
            if try_lock(descriptor) and _is_still(descriptor, path):
                break
            os.close(descriptor)
            number += 1
    except (OSError, ValueError) as error:
        raise unwritable(error, target, size) from error
    part = Part(target, size, path, descriptor)
    try:
        part.read_back()
    except SalonError:
        part._let_go()
        raise
    return part


def unwritable(error: OSError | ValueError, target: Path, size: int) -> SalonError:
    """What to raise where the disk would not."""
    code = getattr(error, "errno", None)
    if code in _FULL:
        return SalonError(refuse(NO_SPACE, name=target.name, size=size))
    why = getattr(error, "strerror", None) or error
    return SalonError(refuse(UNWRITABLE, name=target.name, folder=target.parent, why=why))


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _rename_to_new(path: Path, name: Path) -> bool:
    """Rename, but over nothing; False where there is something."""
    try:
        os.link(path, name)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if os.path.lexists(name):
            return False
        path.rename(name)
    else:
        path.unlink()
    return True


def _sync_folder(folder: Path) -> None:
    """Make a new name durable, where folders can be synced."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
