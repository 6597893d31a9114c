"""Whatever is sent to a server: no exception, no memory without a bound, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salon.core.limits import DOCUMENT_BYTES
from tests.support.serve import Serving, served
from tests.support.talker import Talker, document, talking

pytestmark = pytest.mark.anyio

MIB = 1 << 20
CONNECT = document("connect", name="mallory")

ATTACKS = {
    "nothing": b"",
    "zeroes": bytes(100_000),
    "all bytes": bytes(range(256)) * 100,
    "no document": CONNECT + b"hello\n",
    "a list": CONNECT + b"[1,2,3]",
    "half a document": CONNECT + b'{"type":"message","payl',
    "deep": CONNECT + b'{"a":' * 10_000,
    "deep lists": CONNECT + b'{"a":' + b"[" * 100_000,
    "many parts": CONNECT + b'{"a":[' + b'"",' * 70_000,
    "surrogates": CONNECT + rb'{"type":"message","payload":{"text":"\ud800","id":"\udc00"}}',
    "raw surrogates": CONNECT + b'{"type":"message","payload":{"text":"\xed\xa0\x80"}}',
    "huge numbers": CONNECT + b'{"type":"edit","payload":{"text":"x","seq":' + b"9" * 5000 + b"}}",
    "numbers past sqlite": CONNECT + b'{"type":"delete","payload":{"seq":9007199254740991}}' * 10,
    "negative numbers": CONNECT + b'{"type":"join","payload":{"room":"r","since":-9007199254740991}}',
    "since the end of time": CONNECT + b'{"type":"join","payload":{"room":"r","since":9007199254740991}}',
    "hostile rooms": CONNECT
    + b"".join(document("join", room=name) for name in ("../x", "a\0b", "@", "@a:b", "", "CON")),
    "a name that is a format": document("connect", name="{0.__class__} %s %n"),
    "a name that acts": document("connect", name="a\x1b[2Jb\u202e"),
    "many connects": CONNECT * 100,
    "tiny documents": CONNECT + b"{}" * 50_000,
    "an endless line": b"x" * 200_000,
    "an http request": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "an http body": b"POST /uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\nx",
    "tls": bytes.fromhex("16030100c4010000c00303") + bytes(200),
    "a length and no document": b"0000000010" + b"x" * 100,
}


@contextlib.asynccontextmanager
async def watched(home: Path) -> AsyncIterator[tuple[Serving, Talker]]:
    """A server with somebody in it, who must not notice anything; it may not print a word of error."""
    async with served(home, "--memory") as server, talking(server.port, "ann") as ann:
        yield server, ann
        before = len(ann.passed)
        async with asyncio.timeout(2):
            assert (await ann.ask("message", text="still here"))[0] == "ack"
        assert not [one for one in ann.passed[before:] if one[0] == "error"]


async def send(port: int, data: bytes, *, half_close: bool) -> bytes:
    """Send all of it, as far as it is taken; what the server says until it closes, or rests."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        writer.write(data)
        if half_close:
            writer.write_eof()
        async with asyncio.timeout(5 if half_close else 0.05):
            while more := await reader.read(1 << 16):
                said += more
    writer.transport.abort()
    return said


@pytest.mark.parametrize("half_close", [True, False])
async def test_nothing_that_is_sent_breaks_anything(tmp_path: Path, half_close: bool) -> None:
    async with watched(tmp_path) as (server, _):
        for name, data in ATTACKS.items():
            await send(server.port, data, half_close=half_close)
            assert server.process.returncode is None, name


async def test_random_bytes_break_nothing(tmp_path: Path) -> None:
    dice = random.Random(7)
    pieces = [
        b'{"type":"',
        b'"payload":',
        b"{",
        b"}",
        b"[",
        b'"',
        b"\\",
        b"\n",
        b"GET /",
        b"message",
        b"\xff",
        b"connect",
    ]
    async with watched(tmp_path) as (server, _):
        for _ in range(40):
            data = b"".join(dice.choice([*pieces, dice.randbytes(8)]) for _ in range(dice.randrange(200)))
            await send(server.port, dice.choice([b"", b"{", CONNECT]) + data, half_close=True)


async def test_a_document_without_an_end_is_not_kept(tmp_path: Path) -> None:
    async with watched(tmp_path) as (server, ann):
        before = server.memory()
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(CONNECT + b'{"type":"message","payload":{"text":"')
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                writer.write(b"x" * MIB)
                await writer.drain()
        writer.transport.abort()
        await ann.ask("ping")
        assert server.memory() - before < 3 * DOCUMENT_BYTES


@pytest.mark.parametrize(
    "asked",
    [
        document("ping", id="x" * 100),
        b"{}",
        document("dance", id="x" * 100),
        document("list", what="rooms"),
        document("history"),
        document("read", seq=1),
        document("join", room="lobby", since=0),
        document("message", text=""),
    ],
    ids=["ping", "nothing", "unknown", "list", "history", "read", "join", "empty"],
)
async def test_asking_for_ever_without_reading_is_bounded(tmp_path: Path, asked: bytes) -> None:
    """Replies that nobody takes stop the server from reading: the asker's own line fills up."""
    async with watched(tmp_path) as (server, ann):
        for n in range(200):
            ann.send("message", text=f"{n}" + "x" * 5_000)
        await ann.hear("message", seq=200)
        before = server.memory()
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(CONNECT)
        try:
            async with asyncio.timeout(1):
                for _ in range(1000):
                    writer.write(asked * (MIB // 8 // len(asked)))
                    await writer.drain()
        except TimeoutError:
            pass  # it is not read from any more, as it should be
        assert server.memory() - before < 48 * MIB
        writer.transport.abort()


async def test_many_spellings_of_one_room_are_not_kept(tmp_path: Path) -> None:
    async with watched(tmp_path) as (server, ann):
        await ann.ask("ping")
        before = server.memory()
        async with talking(server.port, "mallory") as mallory:
            for n in range(150):
                kind, answer = await mallory.ask("message", text="x", room=" " * (200_000 + n) + "lobby")
                assert (kind, answer["room"]) == ("ack", "lobby")
            assert server.memory() - before < 12 * MIB
