"""Others in the room who are no browsers: they fill it, talk fast, or come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import salon
from tests.support.servers import PATIENCE, Program


async def fill(server: Program, room: str, texts: Iterable[str], *, name: str = "Leah") -> None:
    """Somebody says all this, as fast as it goes; it is on disk then."""
    async with salon.connect(server.address, name=name, room=room, folder=_keys(server)) as client:
        for text in texts:
            await client.post(text)
        await client.flush()


async def talk(server: Program, room: str, count: int, *, rate: int, name: str = "Leah") -> None:
    """Somebody says `count` messages, `rate` of them in each second: `talked 0`, `talked 1` and so on."""
    async with salon.connect(server.address, name=name, room=room, folder=_keys(server)) as client:
        clock = asyncio.get_running_loop().time
        started = clock()
        for number in range(count):
            await client.post(f"talked {number}")
            if number % 20 == 0:
                await asyncio.sleep(max(0.0, started + number / rate - clock()))
        await client.flush()


def _keys(server: Program) -> Path:
    return server.folder / "talkers"


class Stranger:
    """Somebody with netcat: a person without a secret, so nothing is kept for them while they are away."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def come(cls, server: Program, name: str) -> Stranger:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"{name}\n".encode())
        return cls(reader, writer)

    async def hear(self, text: str) -> None:
        """Wait for a line that ends so."""
        async with asyncio.timeout(PATIENCE):
            while line := await self._reader.readline():
                if line.decode().rstrip("\n").endswith(text):
                    return
        raise AssertionError(f"{text} never came")

    async def leave(self) -> None:
        self._writer.write(b"/quit\n")
        await self._reader.read()
        self._writer.close()
        await self._writer.wait_closed()
