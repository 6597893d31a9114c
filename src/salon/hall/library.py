"""A folder of the operator's, offered read-only: its regular files that are not hidden, looked at when asked for."""

import asyncio
import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from salon.core.filenames import SafeName, safe_name
from salon.core.limits import MIB
from salon.errors import Refusal

_PIECE = 4 * MIB


class Book(Struct, frozen=True):
    """A file of the library. Its hash is empty until somebody asked for its bytes."""

    name: SafeName
    size: int
    sha256: str
    time: int


class OpenBook(Struct, frozen=True):
    """A file of the library, open."""

    name: SafeName
    size: int
    sha256: str
    time: int
    file: BinaryIO


class Library:
    """Reads in threads; hashes are kept as long as size and time of a file stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes: dict[str, tuple[int, int, str]] = {}  # by name: size, time in ns, hash

    async def listing(self) -> list[Book]:
        """The files by name; none where the folder cannot be read."""
        return await asyncio.to_thread(self._list)

    async def open(self, name: SafeName) -> OpenBook | None:
        """A file with its hash, or None where there is none that may be had."""
        return await asyncio.to_thread(self._open, name)

    def _list(self) -> list[Book]:
        try:
            entries = sorted(os.scandir(self._folder), key=lambda entry: entry.name)
        except OSError:
            return []
        books = []
        for entry in entries:
            name = safe_name(entry.name)
            if isinstance(name, Refusal) or name.startswith(".") or not entry.is_file(follow_symlinks=False):
                continue
            status = entry.stat(follow_symlinks=False)
            books.append(Book(name, status.st_size, self._known(name, status), status.st_mtime_ns // 1_000_000))
        return books

    def _open(self, name: SafeName) -> OpenBook | None:
        if name.startswith("."):
            return None
        try:
            # Neither a link out of the folder nor a pipe that would be waited for.
            flags = (
                os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            )
            file = os.fdopen(os.open(self._folder / name, flags), "rb")
        except OSError:
            return None
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            file.close()
            return None
        sha256 = self._known(name, status) or self._hash(name, file, status)
        return OpenBook(name, status.st_size, sha256, status.st_mtime_ns // 1_000_000, file)

    def _known(self, name: str, status: os.stat_result) -> str:
        size, time, sha256 = self._hashes.get(name, (-1, -1, ""))
        return sha256 if (size, time) == (status.st_size, status.st_mtime_ns) else ""

    def _hash(self, name: str, file: BinaryIO, status: os.stat_result) -> str:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        file.seek(0)
        self._hashes[name] = (status.st_size, status.st_mtime_ns, digest.hexdigest())
        return digest.hexdigest()
