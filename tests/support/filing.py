"""A server with shelves in this process, and a spy on the line to it who counts what is sent twice."""

from __future__ import annotations

import random
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from salon.client.address import Address
from salon.client.transfers import Access, ByName, Job, State, Transfer, Transfers
from salon.edges.documents import DocumentsConnection
from salon.edges.door import Door
from salon.edges.http import Http
from salon.edges.quic import Opener
from salon.hall.openings import Openings
from salon.hall.receiving import Policy
from salon.stores.memory import MemoryStore
from salon.wire.handshake import Language
from tests.support.shelves import Shelves

SECRET = "5ec2e7" * 5 + "00"
ROOM = "r1"
MILLION = 1_000_000
LONG = 64 * MILLION  # of zeroes: long enough on its way for something to happen meanwhile


class FileServer:
    """A hall with shelves behind a door. What it knows outlives `stop`, as on a disk."""

    def __init__(self, folder: Path, policy: Policy, library: Path | None) -> None:
        self.port = 0
        self.shelves: Shelves
        self.opener: Opener
        self.most_over_udp = 64
        self.most_over_udp_per_person = 8
        self._folder = folder
        self._policy = policy
        self._library = library
        self._store = MemoryStore()
        self._door: Door
        self._http: Http

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.port)

    async def start(self) -> None:
        """Open the door, at the port it had before."""
        shelves = self.shelves = Shelves(self._folder, store=self._store, policy=self._policy, library=self._library)
        await shelves.shelving.start()
        door = self._door = Door({}, time.monotonic)
        self.port = await door.bind(self.port, "127.0.0.1")
        shelves.hall.openings = Openings(shelves.hall.clock, self.most_over_udp, self.most_over_udp_per_person)
        self.opener = Opener(shelves.hall, shelves.shelving, door.places, self._folder / "udp.key")
        self._http = Http(shelves.hall, shelves.shelving, (), self.opener)
        await self._http.start()
        door.hosts[Language.DOCUMENTS] = lambda: DocumentsConnection(shelves.hall)
        door.hosts[Language.HTTP] = self._http.connection
        await door.let_in()

    async def stop(self) -> None:
        """Say goodbye to everybody and close the door."""
        self._door.close()
        await self.shelves.hall.close("The server is closing.")
        await self._http.close()
        await self.opener.close()
        await self.shelves.blobs.close()

    async def put(self, name: str, data: bytes, room: str = ROOM) -> None:
        """Have a file on a shelf."""
        await self.shelves.send(name, data, room=room)

    async def names(self, room: str = ROOM) -> list[str]:
        return await self.shelves.names(room)

    async def read(self, name: str, room: str = ROOM) -> object:
        return await self.shelves.read(name, room=room)


@asynccontextmanager
async def filing(folder: Path, policy: Policy | None = None, library: Path | None = None) -> AsyncIterator[FileServer]:
    """A server in this process, with its data in this folder."""
    server = FileServer(folder, policy or Policy(), library)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def transferring(
    address: Address | str | int,
    folder: Path,
    *,
    access: Access | None = None,
    silence: float = 10.0,
    patience: float = 20.0,
    first_patience: float = 0.0,
    at_once: int = 4,
    changed: Callable[[Job], None] = lambda _: None,
) -> AsyncIterator[Transfers]:
    """Transfers of Ann's, who remembers in this folder what is unfinished."""
    if not isinstance(address, Address):
        address = Address("127.0.0.1", int(str(address).rpartition(":")[2]))
    async with Transfers(
        address,
        access or ByName("ann", SECRET),
        at_once=at_once,
        silence=silence,
        patience=patience,
        first_patience=first_patience,
        changed=changed,
        folder=folder,
    ) as transfers:
        yield transfers


def has_begun(job: Job) -> bool:
    return job.look().offset > 0


def sparse(path: Path, size: int = LONG) -> None:
    """A file of zeroes that takes no space."""
    with path.open("wb") as file:
        file.truncate(size)


def some_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


async def done(job: Job) -> Transfer:
    """How it was done; it must have been."""
    transfer = await job.wait()
    assert transfer.state is State.DONE, transfer
    return transfer


async def refused(job: Job) -> str:
    """The code with which it failed; it must have."""
    transfer = await job.wait()
    assert transfer.state is State.FAILED, transfer
    assert transfer.refusal is not None
    return transfer.refusal.code


class Spy:
    """Reads along between a client and the server, at a proxy.

    patches   for each PATCH that came: where it began, and how far the server had said that it was
    received  bytes of the bodies of all PATCHes, and those of the last
    """

    def __init__(self) -> None:
        self.patches: list[tuple[int, int]] = []
        self.received = 0
        self.of_last = 0
        self._stands = 0

    def heard(self, line: bytes) -> None:
        """A line of the server's."""
        if found := re.match(rb"(?i)upload-offset: (\d+)", line):
            self._stands = int(found[1])

    def said(self) -> Callable[[bytes], None]:
        """What reads along on a new connection."""
        rest, body = b"", 0

        def noted(data: bytes) -> None:
            nonlocal rest, body
            while data:
                if body:
                    self.received += min(body, len(data))
                    self.of_last += min(body, len(data))
                    data, body = data[body:], max(0, body - len(data))
                    continue
                head, found, data = (rest + data).partition(b"\r\n\r\n")
                if not found:
                    rest = head
                    return
                rest = b""
                if head.startswith(b"PATCH "):
                    body = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
                    offset = re.search(rb"(?i)upload-offset: (\d+)", head)
                    assert offset is not None
                    self.of_last = 0
                    self.patches.append((int(offset[1]), self._stands))

        return noted

    def nothing_twice(self) -> bool:
        """Whether each PATCH began just where the server had said last that it stood."""
        return all(begin == stands for begin, stands in self.patches)
