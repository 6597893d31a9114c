"""Lab clients with files at a real door: what they send and take, byte for byte."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from salon.hall.ports import Blobs
from salon.hall.receiving import Policy
from salon.hall.shelving import Shelving
from salon.stores.folder import FolderBlobs
from tests.edges.doorstep import PATIENCE, Guest, House, opened_as

EVERY_BYTE = bytes(range(256))
FILES = [
    b"",
    b"\n",
    b"\n{}",
    b'{"type":"exit"}',
    "Grüße\n".encode() * 500,
    EVERY_BYTE * 40,
    b"\x89PNG\r\n\x1a\n" + EVERY_BYTE * 3000,
]


def uploaded(name: str, by: str = "ann") -> str:
    return f"User {by} uploaded the {name} file"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Peer:
    """A client that can tell documents from a file's bytes."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest

    def send(self, kind: str, **payload: Any) -> None:
        self.guest.send({"type": kind, "payload": payload})

    def raw(self, data: bytes) -> None:
        self.guest.writer.write(data)

    async def exactly(self, size: int) -> bytes:
        """The next so many bytes."""
        guest = self.guest
        async with asyncio.timeout(PATIENCE):
            while len(guest.heard) < size:
                await self._more()
        data, guest.heard = guest.heard[:size], guest.heard[size:]
        return data

    async def document(self) -> tuple[str, dict[str, Any]]:
        """The next document: its type and payload. What stands behind it stays."""
        guest = self.guest
        async with asyncio.timeout(PATIENCE):
            while True:
                text = guest.heard.decode(errors="surrogateescape")
                begin = len(text) - len(text.lstrip())
                try:
                    found, end = json.JSONDecoder().raw_decode(text, begin)
                except ValueError:
                    await self._more()
                else:
                    guest.heard = text[end:].encode(errors="surrogateescape")
                    return found["type"], found["payload"]

    async def until(self, kind: str) -> dict[str, Any]:
        """The payload of the next document of this type; those before it are passed over."""
        while True:
            found, payload = await self.document()
            if found == kind:
                return payload

    async def told(self) -> str:
        """The sentence of the next notification or error; who comes and goes, and how far a file is, is passed over."""
        while True:
            kind, payload = await self.document()
            assert kind in ("notification", "error"), (kind, payload)
            sentence = str(payload["message"])
            if not sentence.endswith((" joined the room.", " left the room.")) and " is sending " not in sentence:
                return sentence

    async def _more(self) -> None:
        data = await self.guest.reader.read(1 << 16)
        assert data, f"the connection ended after {self.guest.heard[:200]!r}"
        self.guest.heard += data


class Lab(House):
    """A house with shelves."""

    shelving: Shelving

    async def peer(self, name: str, room: str = "r1", **payload: Any) -> Peer:
        """Somebody who has come in."""
        peer = Peer(await self.guest())
        peer.send("connect", name=name, room=room, **payload)
        await peer.until("connect_ack")
        return peer

    async def full(self, name: str, room: str = "r1") -> Peer:
        """The same with a full client."""
        return await self.peer(name, room, version=1)

    async def listed(self, room: str = "r1") -> list[str]:
        listed = await self.hall.asking.files(next(iter(self.hall.sessions)).person, room)
        return [line.name for line in listed] if isinstance(listed, list) else []


@asynccontextmanager
async def lab(folder: Path, *, policy: Policy | None = None, blobs: Blobs | None = None) -> AsyncIterator[Lab]:
    kept = blobs or FolderBlobs(folder / ".salon")
    try:
        async with opened_as(Lab()) as house:
            house.shelving = Shelving(house.hall, kept, policy or Policy())
            await house.shelving.start()
            yield house
    finally:
        await kept.close()
