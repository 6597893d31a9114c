"""What comes into an open file: hashed, written and synced side by side."""

from __future__ import annotations

import os
from io import FileIO

from salon.client.transfers.hashing import Hashing
from salon.client.transfers.pump import Data, Pump
from salon.core.limits import MIB

_SYNC_BYTES = 32 * MIB


class Intake:
    """Bytes that come in order, after those that stood there.

    Fed by a loop, with `take` and `room`; or by a thread, with `piece` and `keep`. Not by both at once. All but `take`
    raise OSError where the disk would not.

    offset  bytes that were taken in, and those that stood there before
    last    the byte before that, where there is one
    """

    def __init__(self, descriptor: int) -> None:
        self.offset = 0
        self.last: int | None = None
        self._descriptor = descriptor
        self._written = 0
        self._unsynced = 0
        self._hashing = Hashing()
        self._writing = Pump(self._write)
        self._syncing = Pump(self._sync)

    def read_back(self) -> None:
        """Hash what stands there. Blocks."""
        file = FileIO(self._descriptor, closefd=False)
        while count := file.readinto(piece := self._hashing.piece()) or 0:
            self._hashing.put(piece[:count])
            self._count(piece[:count])
        self._written = self.offset

    def take(self, data: bytes) -> None:
        """Bytes that come next."""
        self._hashing.put(data)
        self._writing.put(data)
        self._count(data)

    async def room(self) -> None:
        """Wait until hash and disk have kept up."""
        await self._hashing.room()
        await self._writing.room()

    def piece(self) -> memoryview:
        """Memory for bytes that come next, which `keep` is to get. Blocks until hash and disk have kept up."""
        self._writing.settle()  # what a loop brought before
        return self._hashing.piece()

    def keep(self, data: memoryview) -> None:
        """A piece, or its beginning, now that bytes stand in it. Blocks.

        It is written here and not in a thread of its own: where a machine has two cores, that one would only be in
        the way of the hash, which has the most to do.
        """
        self._write(data)
        self._hashing.put(data)
        self._count(data)

    def settle(self) -> str:
        """Have all of it written; the SHA-256 of it. Blocks."""
        sha256 = self._hashing.settle()
        try:
            self._writing.settle()
        finally:
            self._syncing.settle()
        return sha256

    def _count(self, data: Data) -> None:
        self.offset += len(data)
        self.last = data[-1]

    def _write(self, data: Data) -> None:
        os.lseek(self._descriptor, self._written, os.SEEK_SET)  # a write that failed may have written some of it
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        self._written += len(data)
        self._unsynced += len(data)
        if self._unsynced >= _SYNC_BYTES:  # now, beside the others; at the end everybody would wait for it
            self._syncing.wait(2)
            self._syncing.put(b"")
            self._unsynced = 0

    def _sync(self, _: Data) -> None:
        getattr(os, "fdatasync", os.fsync)(self._descriptor)
