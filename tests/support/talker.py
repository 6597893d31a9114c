"""A client that speaks the JSON documents by hand, over a real connection."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

PATIENCE = 10.0  # seconds until something that should happen counts as not happening
SECRET = "0123456789abcdef" * 2  # of whoever comes back

Payload = dict[str, Any]

_numbers = itertools.count(1)


def document(kind: str, /, **payload: Any) -> bytes:
    """A document of a full client's."""
    if kind == "connect":
        payload.setdefault("version", 1)
    return json.dumps({"type": kind, "payload": payload}).encode()


class Talker:
    """Sends documents, and keeps those that came until somebody asks for them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.passed: list[tuple[str, Payload]] = []  # what came before what was waited for

    def send(self, kind: str, /, **payload: Any) -> None:
        self.writer.write(document(kind, **payload))

    async def next(self) -> tuple[str, Payload]:
        """The next document that comes: its type and payload."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.sleep(0)  # what lies in the buffer comes without waiting: a test must not hold up the loop
            line = await self.reader.readline()
        assert line.endswith(b"\n"), f"the server closed the connection after {line!r}"
        found = json.loads(line)
        return found["type"], found["payload"]

    async def hear(self, kind: str, /, **fields: Any) -> Payload:
        """The next document of this type with these fields; what came before it is in `passed`."""
        while True:
            found, payload = await self.next()
            if found == kind and all(payload.get(name) == value for name, value in fields.items()):
                return payload
            self.passed.append((found, payload))

    async def ask(self, kind: str, /, **payload: Any) -> tuple[str, Payload]:
        """Send a document with an id (a new one, unless one is given), and return what is answered to it."""
        command_id = payload.setdefault("id", f"ask {next(_numbers)}")
        self.send(kind, **payload)
        while True:
            found, answer = await self.next()
            if answer.get("id") == command_id and found not in ("message", "notification"):
                return found, answer
            self.passed.append((found, answer))

    async def refused(self, kind: str, /, **payload: Any) -> str:
        """Send what should be refused; the code."""
        found, answer = await self.ask(kind, **payload)
        assert found == "error", answer
        return str(answer["code"])

    async def rest(self) -> list[tuple[str, Payload]]:
        """All documents until the server closes the connection."""
        async with asyncio.timeout(PATIENCE):
            data = await self.reader.read()
        found = [json.loads(line) for line in data.splitlines()]
        return [(one["type"], one["payload"]) for one in found]

    def half_close(self) -> None:
        self.writer.write_eof()

    def close(self) -> None:
        self.writer.close()

    def cut(self) -> None:
        """Break the line: to the server it is reset, not ended."""
        line = self.writer.get_extra_info("socket")
        if line.fileno() >= 0:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def talking(port: int, name: str = "", **connect: Any) -> AsyncIterator[Talker]:
    """A connection to this port; with a name, one that has been let in."""
    talker = Talker(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 26))
    try:
        if name:
            talker.send("connect", name=name, **connect)
            await talker.hear("connect_ack")
        yield talker
    finally:
        talker.cut()
