"""People who share folders, at a real server in this process, and ways between them that a test may close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from salon.client import Client, connect, new_secret
from salon.client.address import Address
from salon.client.transfers import Job, State, paths, peers
from salon.client.transfers.stream import Stream
from salon.errors import LOST_SERVER, SalonError, refuse
from tests.support.filing import LONG, sparse
from tests.support.proxies import Proxy

DIRECT, DIRECT_UDP, RELAYED = paths.DIRECT, paths.DIRECT_UDP, paths.THROUGH_SERVER


@asynccontextmanager
async def person(server: str, name: str, folder: Path | None = None, *, secret: str = "") -> AsyncIterator[Client]:
    """Somebody who is here, and shares a folder where one is given."""
    if folder is not None:
        folder.mkdir(exist_ok=True)
    async with connect(server, name=name, secret=secret or new_secret(), share=folder, silence=2) as client:
        yield client


class Ways:
    """The direct ways of all clients in this process.

    open     while it is clear, whoever dials directly waits
    cut      breaks those that are there, and lets nobody take another
    asked    where each fetch of bytes began, by the way it took
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.asked: list[tuple[str, int]] = []
        self._gone = False
        self._proxies: dict[int, Proxy] = {}
        monkeypatch.setattr(peers, "dial_direct", self._dial)
        ask = paths.Path.ask

        async def noted(path: paths.Path, offset: int, length: int | None = None) -> None:
            await ask(path, offset, length)
            if length is None:
                self.asked.append((path.way.name, offset))

        monkeypatch.setattr(paths.Path, "ask", noted)

    async def _dial(self, address: Address) -> Stream:
        await self.open.wait()
        if self._gone:
            raise SalonError(refuse(LOST_SERVER, server=address))
        proxy = self._proxies.get(address.port)
        if proxy is None:
            proxy = self._proxies[address.port] = Proxy(
                address.port, lambda: None, lambda line: None, lambda: lambda data: None
            )
            await proxy.open()
        return await paths.dial_direct(Address(address.host, proxy.port))

    def cut(self) -> None:
        self._gone = True
        for proxy in self._proxies.values():
            proxy.cut()

    async def close(self) -> None:
        for proxy in self._proxies.values():
            await proxy.close()


@asynccontextmanager
async def owner(server: str, folder: Path, name: str, data: bytes) -> AsyncIterator[Client]:
    """Bob, who shares a file of this name, and `long.bin`."""
    folder.mkdir()
    (folder / name).write_bytes(data)
    sparse(folder / "long.bin", 4 * LONG)
    async with person(server, "bob", folder) as client:
        yield client


@asynccontextmanager
async def direct_ways(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ways]:
    """Ways that the test may close."""
    ways = Ways(monkeypatch)
    try:
        yield ways
    finally:
        await ways.close()


async def failed(job: Job) -> str:
    """The code with which it failed; it must have."""
    transfer = await job.wait(20)
    assert transfer.state is State.FAILED, transfer
    assert transfer.refusal is not None
    return transfer.refusal.code
