"""Standard input and output that hold nobody up."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from salon.ground.streams import Output, read_chunks, write_all

pytestmark = pytest.mark.anyio


async def read_all(descriptor: int) -> bytes:
    return b"".join([chunk async for chunk in read_chunks(descriptor)])


async def test_a_pipe_is_read_to_its_end() -> None:
    source, sink = os.pipe()
    reading = asyncio.ensure_future(read_all(source))
    await asyncio.to_thread(write_all, sink, b"x" * 1_000_000)
    os.write(sink, b"end")
    os.close(sink)
    assert await reading == b"x" * 1_000_000 + b"end"
    os.close(source)


async def test_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(b"two\nlines")
    with path.open("rb") as file:
        assert await read_all(file.fileno()) == b"two\nlines"


async def test_what_cannot_be_read_has_ended(tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as file:
        assert await read_all(file.fileno()) == b""


async def test_whoever_does_not_read_on_is_not_read_for() -> None:
    source, sink = os.pipe()
    chunks = read_chunks(source)
    os.write(sink, b"first")
    assert await anext(chunks) == b"first"
    writing = asyncio.ensure_future(asyncio.to_thread(write_all, sink, bytes(1_000_000)))
    done, _ = await asyncio.wait([writing], timeout=0.05)
    assert not done
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size == 1_000_000:
            await writing
            os.close(sink)
    assert size == 1_000_000
    os.close(source)


async def test_lines_are_written_in_order() -> None:
    source, sink = os.pipe()
    output = Output(sink)
    for n in range(1_000):
        output.write(f"é{n}\ud800")
    await output.drain(0)
    assert os.read(source, 65_536) == "".join(f"é{n}?\n" for n in range(1_000)).encode()
    os.close(source)
    output.write("nobody reads this")
    await asyncio.wait_for(output.lost.wait(), 10)
    await output.drain(0)  # there is nothing to wait for any more
    os.close(sink)


async def test_whoever_writes_waits_for_a_slow_reader() -> None:
    source, sink = os.pipe()
    output = Output(sink)
    output.write("x" * 300_000)
    draining = asyncio.ensure_future(output.drain())
    done, _ = await asyncio.wait([draining], timeout=0.05)
    assert not done
    assert len(await asyncio.to_thread(_read, source, 300_001)) == 300_001
    await asyncio.wait_for(draining, 10)
    os.close(source)
    os.close(sink)


def _read(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(descriptor, size)
    return data


def test_threads_end_after_the_loop_they_worked_for() -> None:
    source, sink = os.pipe()
    before = set(threading.enumerate())

    async def begin() -> Output:
        chunks = read_chunks(source)
        os.write(sink, b"x")
        await anext(chunks)
        return Output(sink)

    output = asyncio.run(begin())
    threads = set(threading.enumerate()) - before
    assert len(threads) == 2
    output.write("")  # the thread that writes finds no loop to tell of it, and that wakes the one that reads
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    os.close(source)
    os.close(sink)
