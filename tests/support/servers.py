"""Real servers: one in this process that can go away and come back, and one as a program of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from salon.edges.door import Door
from salon.edges.newcomers import Newcomer
from salon.ground.clock import now_ms
from salon.hall.hall import Hall
from salon.hall.ports import Store
from salon.stores.memory import MemoryStore
from salon.wire.handshake import Language

PATIENCE = 20.0  # seconds until something that should happen counts as not happening
ANNOUNCEMENT = b"Salon is listening on "


class Server:
    """A hall behind a door on an ephemeral port. What it knows outlives `stop`, as on a disk."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.port = 0
        self.hall: Hall
        self._door: Door

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Open the door, at the port it had before."""
        self.hall = hall = Hall(self.store, now_ms)
        self._door = Door({Language.DOCUMENTS: lambda: Newcomer(hall)}, time.monotonic)
        self.port = await self._door.open("127.0.0.1", self.port)

    async def stop(self) -> None:
        """Say goodbye to everybody and close the door."""
        self._door.close()
        await self.hall.close("The server is closing.")
        while self.hall.sessions:  # noqa: ASYNC110 -- the connections end by themselves
            await asyncio.sleep(0.001)

    def cut_everybody(self) -> None:
        """Break every line without a word."""
        for session in list(self.hall.sessions):
            session.outlet._transport.abort()  # type: ignore[attr-defined]


@asynccontextmanager
async def serving(store: Store | None = None) -> AsyncIterator[Server]:
    """A server in this process."""
    server = Server(store or MemoryStore())
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


class Program:
    """`salon serve` as a program, on a port that stays the same over its restarts.

    inside  the words before its command line that put it elsewhere, such as into another network
    """

    def __init__(self, folder: Path, *flags: str, inside: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = free_port()
        self._inside = inside
        self._flags = flags
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = process = await asyncio.create_subprocess_exec(
            *(*self._inside, *salon("serve", "--port", str(self.port), "--data", str(self.folder), *self._flags)),
            stdout=subprocess.PIPE,
            env=environment(self.folder),
        )
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while not (line := await process.stdout.readline()).startswith(ANNOUNCEMENT):
                assert line, "the server ended"

    async def kill(self) -> None:
        """SIGKILL: it learns nothing of it."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; its exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()


@asynccontextmanager
async def program(folder: Path, *flags: str, inside: Sequence[str] = ()) -> AsyncIterator[Program]:
    """A server as a program of its own, with its data in this folder."""
    server = Program(folder, *flags, inside=inside)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def salon(*arguments: str) -> list[str]:
    """The command line of `salon`."""
    return [sys.executable, "-m", "salon", *arguments]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of this machine's user is read or written."""
    return {**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder), "XDG_DATA_HOME": str(folder), **more}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
