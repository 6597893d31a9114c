"""Files to sockets by the kernel: every byte in order behind what was written before, and the loop free meanwhile."""

from __future__ import annotations

import asyncio
import io
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from salon.ground import sendfile
from salon.ground.sendfile import LEAST_BYTES, TURN_BYTES, send_file
from salon.ground.tasks import Tasks
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio
SIZE = TURN_BYTES + 7


@asynccontextmanager
async def line() -> AsyncIterator[tuple[asyncio.Transport, asyncio.StreamReader, asyncio.StreamWriter]]:
    """Two ends of a connection: one to send on, the other to read from."""
    here, there = socket.socketpair()
    _, sender = await asyncio.open_connection(sock=here)
    reader, writer = await asyncio.open_connection(sock=there, limit=1 << 16)
    transport = cast(asyncio.Transport, sender.transport)
    try:
        yield transport, reader, writer
    finally:
        transport.abort()
        writer.transport.abort()
        await asyncio.sleep(0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.mark.parametrize(("offset", "count"), [(0, SIZE), (5, SIZE - 5), (SIZE - 1, 1), (100, 0)])
async def test_every_byte_comes_behind_what_was_written_before(file: Path, offset: int, count: int) -> None:
    tasks = Tasks()
    head = os.urandom(1 << 20)  # more than the socket takes at once
    async with line() as (transport, reader, _):
        transport.write(head)
        with file.open("rb") as opened:
            sending = tasks.start(send_file(transport, opened, offset, count))
            came = await reader.readexactly(len(head) + count)
            assert await sending == count
        assert came == head + file.read_bytes()[offset : offset + count]


async def test_a_file_that_became_shorter_ends_early(file: Path) -> None:
    tasks = Tasks()
    async with line() as (transport, reader, _):
        with file.open("rb") as opened:
            sending = tasks.start(send_file(transport, opened, SIZE - 10, 100))
            await reader.readexactly(10)
            assert await sending == 10


async def test_whoever_does_not_read_holds_only_their_own_transfer_up(file: Path) -> None:
    tasks = Tasks()
    async with line() as (transport, reader, _):
        with file.open("rb") as opened:
            sending = tasks.start(send_file(transport, opened, 0, SIZE))
            for _ in range(100):
                await asyncio.sleep(0)  # the loop turns
            assert not sending.done()
            assert await reader.readexactly(SIZE) == file.read_bytes()
            assert await sending == SIZE


async def test_the_other_end_goes_away(file: Path) -> None:
    tasks = Tasks()
    async with line() as (transport, _, writer):
        with file.open("rb") as opened:
            sending = tasks.start(send_file(transport, opened, 0, SIZE))
            await asyncio.sleep(0)
            writer.transport.abort()
            with pytest.raises(ConnectionError):
                await sending


async def test_a_connection_that_is_closed_here_is_noticed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendfile, "_LOOK_SECONDS", 0.01)
    tasks = Tasks()
    async with line() as (transport, reader, _):
        with file.open("rb") as opened:
            sending = tasks.start(send_file(transport, opened, 0, SIZE))
            await reader.readexactly(1)
            transport.abort()
            await eventually(sending.done)
            with pytest.raises(ConnectionResetError):
                await sending
            with pytest.raises(ConnectionResetError):
                await send_file(transport, opened, 0, SIZE)


async def test_a_system_without_the_call_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sendfile")
    async with line() as (transport, _, _), asyncio.timeout(10):
        with file.open("rb") as opened, pytest.raises(asyncio.SendfileNotAvailableError):
            await send_file(transport, opened, 0, SIZE)


async def test_many_transfers_share_a_turn(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = Tasks()
    asked: list[int] = []
    send = os.sendfile

    def noted(out: int, source: int, offset: int, count: int) -> int:
        asked.append(count)
        return send(out, source, offset, count)

    monkeypatch.setattr(os, "sendfile", noted)
    async with line() as one, line() as other:
        with file.open("rb") as first, file.open("rb") as second:
            both = [tasks.start(send_file(end[0], opened, 0, SIZE)) for end, opened in ((one, first), (other, second))]
            await asyncio.gather(*(end[1].readexactly(SIZE) for end in (one, other)))
            assert await asyncio.gather(*both) == [SIZE, SIZE]
    assert TURN_BYTES // 2 in asked
    assert min(asked) < LEAST_BYTES  # what was left at the end


async def test_a_file_in_memory_has_no_such_call() -> None:
    async with line() as (transport, _, _):
        with pytest.raises(asyncio.SendfileNotAvailableError):
            await send_file(transport, io.BytesIO(b"x"), 0, 1)
