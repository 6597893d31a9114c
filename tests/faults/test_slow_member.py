"""One member never reads among many who do: the server's memory is bounded, the others get everything, and so does
the slow one once it reads again.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.support.serve import served
from tests.support.talker import Talker, document, talking

pytestmark = pytest.mark.anyio

READERS = 100
MESSAGES = 3_000
TEXT_CHARS = 8_000  # 24 MB in all: far more than the sockets' buffers, the ring and a few chunks
ROUND = 8  # messages said at once, so that those who read keep up
ALLOWED_BYTES = 16 << 20  # more than before: less than what the slow one misses


async def talk(talker: Talker, messages: int) -> None:
    for n in range(messages):
        talker.send("message", text="x" * TEXT_CHARS, id=f"{n}")
        if n % ROUND == 0:
            await talker.hear("ack", id=f"{n}")
            talker.passed.clear()


async def count(talker: Talker) -> list[int]:
    """The numbers of all messages, read as fast as they come and not kept."""
    numbers: list[int] = []
    while len(numbers) < MESSAGES:
        line = await talker.reader.readline()
        assert line
        if line.startswith(b'{"type":"message"'):
            numbers.append(json.loads(line)["payload"]["seq"])
    return numbers


async def drain(reader: asyncio.StreamReader, end: bytes) -> int:
    """Read up to this text without looking at it; how many messages came."""
    found, tail = 0, b""
    while end not in tail:
        data = await reader.read(1 << 18)
        assert data
        found += (tail[-12:] + data).count(b'{"type":"mess') - (tail[-12:]).count(b'{"type":"mess')
        tail = tail[-len(end) :] + data
    return found


async def test_a_member_who_never_reads_costs_the_others_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        async with talking(server.port, "first", room="elsewhere") as first:
            await talk(first, MESSAGES // 2)  # the store's cache has its size now
        slow = Talker(*await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 16))
        slow.send("connect", name="slow")
        await slow.hear("connect_ack")
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        async with asyncio.TaskGroup() as group:
            readers = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(READERS)]
            for n, (reader, writer) in enumerate(readers):
                writer.write(document("connect", name=f"reader {n}"))
                await reader.readline()
            before = server.memory()
            drained = [group.create_task(drain(reader, b"the last words")) for reader, _ in readers]
            async with talking(server.port, "ann") as ann:
                await talk(ann, MESSAGES - 1)
                await ann.ask("message", text="the last words")
        assert [task.result() for task in drained] == [MESSAGES] * READERS
        assert server.memory() - before < ALLOWED_BYTES
        slow.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await count(slow) == list(range(1, MESSAGES + 1))
        slow.cut()
        for _, writer in readers:
            writer.transport.abort()
