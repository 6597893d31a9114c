"""Files in the lab's own forms, up and down at a real door, byte for byte."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from salon.core.limits import MIB
from salon.stores.memory_blobs import MemoryBlobs
from tests.edges.parcelled import EVERY_BYTE, FILES, Lab, encoded, lab, uploaded
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions", "fast")]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as house:
        yield house


@pytest.mark.parametrize("data", FILES, ids=len)
async def test_a_file_in_base64_and_back(house: Lab, data: bytes) -> None:
    ann, bob, eve = [await house.peer(name, room) for name, room in (("ann", "r1"), ("bob", "r1"), ("eve", "r2"))]
    ann.send("upload", file_name="a: b.txt", content=encoded(data))
    for one in (ann, bob):
        assert await one.told() == uploaded("a: b.txt")
    bob.send("download", file_name="a: b.txt")
    assert await bob.document() == ("file", {"file_name": "a: b.txt", "content": encoded(data)})
    eve.send("download", file_name="a: b.txt")
    assert await eve.told() == "The a: b.txt doesn't exist"
    assert (ann.guest.heard, bob.guest.heard, eve.guest.heard) == (b"", b"", b"")


@pytest.mark.parametrize("blobs", [None, MemoryBlobs], ids=["sendfile", "pieces"])
@pytest.mark.parametrize("data", FILES, ids=len)
async def test_raw_bytes_and_back(tmp_path: Path, data: bytes, blobs: Callable[[], MemoryBlobs] | None) -> None:
    async with lab(tmp_path, blobs=blobs() if blobs else None) as house:
        ann, bob = await house.peer("ann"), await house.peer("bob")
        ann.send("upload", file_name="pic.png", file_size=len(data))
        ann.raw(data)
        ann.send("message", text="behind it")
        assert await ann.told() == await bob.told() == uploaded("pic.png")
        assert (await bob.document())[1]["text"] == "behind it"
        for one, request in ((ann, {}), (bob, {"name": "bob", "room": "r1"})):
            one.send("download", file_name="pic.png", **request)
            assert await one.until("download-ack") == {"file_name": "pic.png", "file_size": len(data)}
            one.send("message", text="still here")
            if data:
                assert await one.exactly(len(data)) == data
        assert (await ann.document())[1]["text"] == "still here"


@pytest.mark.parametrize("data", FILES, ids=len)
async def test_full_clients_too(house: Lab, data: bytes) -> None:
    ann, bob = await house.full("ann"), await house.full("bob")
    ann.send("upload", file_name="a.txt", content=encoded(data), id="u1")
    ann.send("upload", file_name="a.bin", file_size=len(data), id="u2")
    ann.raw(data)
    acks = [await ann.until("ack") for _ in range(2)]
    assert acks == [{"id": "u1", "room": "r1", "seq": 1}, {"id": "u2", "room": "r1", "seq": 2}]
    bob.send("download", file_name="a.bin", id="d1")
    assert await bob.until("file") == {"file_name": "a.bin", "id": "d1", "content": encoded(data)}
    for one, request in ((ann, {}), (bob, {"name": "bob", "room": "r1"})):
        one.send("download", file_name="a.txt", id="d2", **request)
        assert await one.until("download-ack") == {"file_name": "a.txt", "file_size": len(data), "id": "d2"}
        one.send("ping", id="p")
        if data:
            assert await one.exactly(len(data)) == data
        assert await one.document() == ("pong", {"id": "p"})


async def test_a_byte_at_a_time_and_all_in_one_packet(house: Lab) -> None:
    ann = await house.peer("ann")
    stream = (
        json.dumps({"type": "upload", "payload": {"file_name": "a.txt", "content": encoded(b"hi")}})
        + json.dumps({"type": "upload", "payload": {"file_name": "b.bin", "file_size": 4}})
        + "\n{ü"
        + json.dumps({"type": "upload", "payload": {"file_name": "c.bin", "file_size": 0}})
        + json.dumps({"type": "download", "payload": {"file_name": "b.bin"}})
    ).encode()
    for size in (len(stream), 1):
        for at in range(0, len(stream), size):
            ann.raw(stream[at : at + size])
            await asyncio.sleep(0)
        told = [await ann.told() for _ in range(3)]
        assert told == [uploaded("a.txt"), uploaded("b.bin"), uploaded("c.bin")]
        assert await ann.document() == ("download-ack", {"file_name": "b.bin", "file_size": 4})
        assert await ann.exactly(4) == "\n{ü".encode()


async def test_what_others_say_meanwhile_comes_behind_the_file(house: Lab) -> None:
    data = EVERY_BYTE * 40_000
    ann, bob, full = await house.peer("ann"), await house.peer("bob"), await house.full("full")
    ann.send("upload", file_name="a.bin", file_size=len(data))
    ann.raw(data)
    assert await bob.told() == await full.told() == uploaded("a.bin")
    for one in (bob, full):
        one.send("download", file_name="a.bin", name="x", room="r1")
        await one.until("download-ack")  # nothing is said before: from here on the file owns the line
        one.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
    for n in range(50):
        ann.send("message", text=str(n))
    assert await ann.told() == uploaded("a.bin")
    for one in (bob, full):
        one.guest.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert await one.exactly(len(data)) == data
        while (await one.until("message"))["text"] != "49":
            pass


@pytest.mark.slow
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("raw", [False, True])
async def test_a_slow_reader_gets_all_of_it(tmp_path: Path, raw: bool, full: bool) -> None:
    """In pieces: they wait for the reader, not in memory."""
    async with lab(tmp_path, blobs=MemoryBlobs()) as house:
        ann = await house.full("ann")
        data = EVERY_BYTE * 4 * 9_000
        ann.send("upload", file_name="a.bin", file_size=len(data))
        ann.raw(data)
        assert await ann.told() == uploaded("a.bin")
        bob = await (house.full("bob") if full else house.peer("bob"))
        (session,) = [one for one in house.hall.sessions if one.person.name == "bob"]
        outlet: Any = session.outlet
        bob.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
        bob.send("download", file_name="a.bin", **({"name": "bob", "room": "r1"} if raw else {}))
        await eventually(lambda: outlet._cargo is not None and outlet._cargo._ready is not None)
        assert session.parked
        ann.send("message", text="behind it")
        assert outlet._transport.get_write_buffer_size() < MIB
        bob.guest.reader._transport.resume_reading()  # type: ignore[attr-defined]
        if raw:
            await bob.until("download-ack")
            assert await bob.exactly(len(data)) == data
        else:
            assert base64.b64decode((await bob.until("file"))["content"]) == data
        assert (await bob.until("message"))["text"] == "behind it"


@pytest.mark.slow
async def test_a_file_for_somebody_who_was_full_already(tmp_path: Path) -> None:
    async with lab(tmp_path, blobs=MemoryBlobs()) as house:
        ann, bob = await house.full("ann"), await house.full("bob")
        ann.send("upload", file_name="a.txt", content="aGk=")
        assert await bob.told() == uploaded("a.txt")
        (session,) = [one for one in house.hall.sessions if one.person.name == "bob"]
        outlet: Any = session.outlet
        bob.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
        while not outlet._full:
            ann.send("message", text="x" * 900_000)
            await asyncio.sleep(0)
        bob.send("download", file_name="a.txt")
        await eventually(lambda: outlet._cargo is not None)
        bob.guest.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert (await bob.until("file"))["content"] == "aGk="
