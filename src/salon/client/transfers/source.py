"""A file of this machine's that is sent: read in pieces, hashed on the way, watched for changes."""

import asyncio
import hashlib
import os
import stat
import threading
from asyncio import Future
from collections.abc import AsyncIterator
from pathlib import Path

from salon.core.limits import KIB, MIB
from salon.errors import FILE_CHANGED, NO_LOCAL_FILE, UNREADABLE, SalonError, refuse

_READ_BYTES = 1 * MIB
_WRITE_BYTES = 128 * KIB  # what is handed on at once: on a slow line, a step of the progress


class Source:
    """An open regular file as it was when it was opened.

    hashed  bytes from its beginning that were hashed, each once however often it is sent
    """

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = name
        self._descriptor = descriptor
        self._status = os.fstat(descriptor)
        self._hash = hashlib.sha256()
        self._reading = threading.Lock()
        self.hashed = 0

    @property
    def size(self) -> int:
        return self._status.st_size

    @property
    def mark(self) -> str:
        """What would be different if this were another file, or this one had been written to."""
        return f"{self._status.st_ino} {self._status.st_size} {self._status.st_mtime_ns}"

    @property
    def sha256(self) -> str:
        """The hash of all bytes, once all were read; nothing before."""
        return self._hash.hexdigest() if self.hashed == self.size else ""

    async def pieces(self, offset: int) -> AsyncIterator[memoryview]:
        """The bytes from `offset` to the end; the next ones are read while one is being sent.

        Raises SalonError where the file changed, at the latest before its last byte is given.
        """
        await self.hash_up_to(offset)
        ahead = self._read_ahead(offset)
        try:
            while data := await ahead:
                offset += len(data)
                ahead = self._read_ahead(offset)
                view = memoryview(data)
                while view:
                    yield view[:_WRITE_BYTES]
                    view = view[_WRITE_BYTES:]
        finally:
            ahead.cancel()

    def _read_ahead(self, offset: int) -> Future[bytes]:
        ahead = asyncio.get_running_loop().run_in_executor(None, self._read, offset)
        # Where sending broke off, nobody looks at it any more; asyncio need not complain about that.
        ahead.add_done_callback(lambda done: done.cancelled() or done.exception())
        return ahead

    async def hash_up_to(self, offset: int) -> None:
        """Hash what was sent by a program before this one."""
        while self.hashed < offset:
            await asyncio.to_thread(self._read, self.hashed)

    def _read(self, offset: int) -> bytes:
        """The next bytes; none at the end. In a thread: a read that was broken off may still be under way."""
        wanted = min(_READ_BYTES, self.size - offset)
        with self._reading:
            try:
                data = _read_at(self._descriptor, offset, wanted)
                status = os.fstat(self._descriptor)
            except OSError as error:
                raise SalonError(refuse(UNREADABLE, name=self.name, why=error.strerror or error)) from error
            was = self._status
            if len(data) < wanted or (status.st_size, status.st_mtime_ns) != (was.st_size, was.st_mtime_ns):
                raise SalonError(refuse(FILE_CHANGED, name=self.name))
            if offset <= self.hashed < offset + len(data):
                self._hash.update(memoryview(data)[self.hashed - offset :])
                self.hashed = offset + len(data)
            return data

    def close(self) -> None:
        """Let go of the file, behind a read that is still under way. Blocks for no longer than that."""
        with self._reading:
            os.close(self._descriptor)


def _read_at(descriptor: int, offset: int, wanted: int) -> bytes:
    """So many bytes, or as many as there are. Raises OSError."""
    os.lseek(descriptor, offset, os.SEEK_SET)
    pieces = []
    while wanted and (data := os.read(descriptor, wanted)):
        pieces.append(data)
        wanted -= len(data)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def open_source(path: Path) -> Source:
    """Open a file to send it. Raises SalonError where it is none, or cannot be read. Blocks, but not for long."""
    name = path.name or str(path)
    # A pipe or a device would be waited for, or have no end.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SalonError(refuse(NO_LOCAL_FILE, name=name))
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise SalonError(refuse(NO_LOCAL_FILE, name=name)) from error
    except OSError as error:
        raise SalonError(refuse(UNREADABLE, name=name, why=error.strerror or error)) from error
    return Source(name, descriptor)
