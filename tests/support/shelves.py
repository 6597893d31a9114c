"""A hall with shelves: a memory store, blobs of either kind, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from salon.core.people import Person
from salon.errors import DISK_FULL, Problem, Refusal, SalonError, refuse
from salon.ground.clock import now_ms
from salon.hall.hall import Hall
from salon.hall.library import Library
from salon.hall.ports import Blobs, Failed, Store
from salon.hall.receiving import Policy
from salon.hall.shelving import Shelving
from salon.hall.uploads import Upload
from salon.stores.by_name import ByName
from salon.stores.folder import FolderBlobs
from salon.stores.memory import MemoryStore
from salon.stores.memory_blobs import MemoryBlobs

ANN = Person("ann", 1)
BOB = Person("bob", 2)
DAY_MS = 24 * 3600 * 1000


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Clock:
    """Milliseconds since 1970 UTC: the true ones, and what the test adds."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return now_ms() + self.ahead


class Unwilling(MemoryStore):
    """A log that can be told to take no more."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False

    def append(self, *asked: Any) -> asyncio.Future[Any]:
        if not self.full:
            return super().append(*asked)
        failed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        failed.set_result(Failed(refuse(DISK_FULL)))
        return failed


def disk_full(_upload: str) -> asyncio.Future[str]:
    """What blobs answer who are asked to finish an upload and have no space for it."""
    failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    failed.set_exception(SalonError(refuse(DISK_FULL)))
    return failed


class Shelves:
    """`data` is the operator's folder; without one, blobs are in memory."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        blobs: Blobs | None = None,
        store: Store | None = None,
        policy: Policy | None = None,
        library: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.store = store or MemoryStore()
        self.hall = Hall(self.store, self.clock)
        shown = None
        if data is not None:
            folder = FolderBlobs(data / ".salon", self.clock)
            self.blobs: Blobs = folder
            shown = ByName(data, folder)
        else:
            self.blobs = blobs or MemoryBlobs(clock=self.clock)
        self.shelving = Shelving(
            self.hall, self.blobs, policy or Policy(), Library(library) if library is not None else None, shown
        )
        self.receiving = self.shelving.receiving

    async def close(self) -> None:
        await self.hall.close("The server is closing.")
        await self.blobs.close()

    async def begin(self, name: str, size: int, *, room: str = "", person: Person = ANN, offer: str = "") -> Upload:
        upload = await self.receiving.begin(person, room, name, size, offer)
        assert isinstance(upload, Upload), upload
        return upload

    async def refused(self, name: str, size: int, *, room: str = "", person: Person = ANN, offer: str = "") -> Refusal:
        refusal = await self.receiving.begin(person, room, name, size, offer)
        assert isinstance(refusal, Refusal)
        return refusal

    async def send(self, name: str, data: bytes, *, room: str = "", person: Person = ANN) -> Upload:
        """A file from its announcement to the shelf."""
        upload = await self.begin(name, len(data), room=room, person=person)
        await self.go_on(upload, data)
        return upload

    async def go_on(self, upload: Upload, data: bytes) -> None:
        """Send bytes, and put the file on the shelf behind the last."""
        async with upload.lock:
            if data:
                await self.receiving.write(upload, data)
                if not upload.left:
                    outcome = await self.receiving.complete(upload)
                    assert not isinstance(outcome, Refusal), outcome

    async def names(self, room: str = "", person: Person = ANN) -> list[str]:
        listed = await self.shelving.listing(person, room)
        return [] if isinstance(listed, Refusal) else [one.name for one in listed]

    async def events(self, room: str = "lobby") -> list[Any]:
        """All that a room's log holds."""
        return [entry.event for entry in await self.store.read(room, 0, 1000)]

    async def read(self, name: str, *, room: str = "", person: Person = ANN) -> bytes | Problem:
        """A file's bytes, or why they cannot be had."""
        opened = await self.shelving.open(person, room, name)
        if isinstance(opened, Refusal):
            return opened.problem
        with opened.file:
            data = opened.file.read()
        assert sha256_of(data) == opened.sha256
        assert len(data) == opened.size
        return data
