"""A folder of the operator's, offered read-only: its regular files that are not hidden, looked at when asked for."""

import asyncio
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from salon.core.filenames import SafeName, on_windows, safe_name
from salon.core.limits import MIB
from salon.errors import Refusal

_PIECE = 4 * MIB
_WINDOWS = os.name == "nt"
# Neither a link out of the folder nor a pipe that would be waited for.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Book(Struct, frozen=True):
    """A file of the library. Its hash is empty until somebody asked for its bytes."""

    name: SafeName
    size: int
    sha256: str
    time: int


class OpenBook(Struct, frozen=True):
    """A file of the library, open. It has no hash where it was being written to while it was read."""

    name: SafeName
    size: int
    sha256: str
    time: int
    file: BinaryIO


class Library:
    """Reads in threads; a hash is kept as long as nothing says that the file is another one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes: dict[str, tuple[_Edition, str]] = {}

    async def listing(self) -> list[Book]:
        """The files by name; none where the folder cannot be read."""
        return await asyncio.to_thread(self._list)

    async def open(self, name: SafeName) -> OpenBook | None:
        """A file with its hash, or None where there is none that may be had."""
        return await asyncio.to_thread(self._open, name)

    def _list(self) -> list[Book]:
        books = []
        for entry, name in self._entries():
            with suppress(OSError):  # it is gone already
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    books.append(Book(name, status.st_size, self._known(name, status), _time(status)))
        return sorted(books, key=lambda book: book.name)

    def _entries(self) -> Iterator[tuple[os.DirEntry[str], SafeName]]:
        """What is not hidden in the folder, and has a name that can be asked for."""
        with suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                name = safe_name(entry.name)
                if not (isinstance(name, Refusal) or name.startswith(".")):
                    yield entry, name

    def _open(self, name: SafeName) -> OpenBook | None:
        if name.startswith(".") or (_WINDOWS and not on_windows(name)):
            return None
        file = self._file(name)
        if file is None:
            return None
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            file.close()
            return None
        sha256 = self._known(name, status) or self._hash(name, file, status)
        return OpenBook(name, status.st_size, sha256, _time(status), file)

    def _file(self, name: SafeName) -> BinaryIO | None:
        path = self._folder / name
        try:
            if not path.exists():  # on the disk it may be written in another normal form
                path = next((Path(entry.path) for entry, its_name in self._entries() if its_name == name), path)
            if path.is_symlink():  # not every system has O_NOFOLLOW
                return None
            return os.fdopen(os.open(path, _FLAGS), "rb")
        except OSError:
            return None

    def _known(self, name: str, status: os.stat_result) -> str:
        edition, sha256 = self._hashes.get(name, (None, ""))
        return sha256 if edition == _edition(status) else ""

    def _hash(self, name: str, file: BinaryIO, status: os.stat_result) -> str:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        file.seek(0)
        if _edition(os.fstat(file.fileno())) != _edition(status):
            return ""
        self._hashes[name] = (_edition(status), digest.hexdigest())
        return digest.hexdigest()


_Edition = tuple[int, int, int, int]


def _edition(status: os.stat_result) -> _Edition:
    """What differs between two files that had one name. A copy may be given the other's time, but not its ctime."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _time(status: os.stat_result) -> int:
    """When the file was changed, in milliseconds since 1970 UTC."""
    return status.st_mtime_ns // 1_000_000
