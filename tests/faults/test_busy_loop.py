"""Many talk at once, some of them at length, onto a real disk: the loop is never held up, nothing is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from salon.stores.sqlite import open_store
from tests.support.servers import serving
from tests.support.talker import Talker, talking

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unblocked_loop")]

TALKERS = 10
EACH = 200


async def talk(talker: Talker, name: str) -> None:
    for n in range(EACH):
        talker.send("message", text=f"{name} {n} " + "x" * (50_000 if n % 50 == 0 else 50), id=f"{n}")
        await asyncio.sleep(0)
    await talker.hear("ack", id=f"{EACH - 1}")


async def everything(talker: Talker) -> list[int]:
    numbers = [said["seq"] for kind, said in talker.passed if kind == "message"]
    await asyncio.sleep(0)
    while len(numbers) < TALKERS * EACH:
        numbers.append((await talker.hear("message"))["seq"])
    return numbers


async def test_a_busy_server_keeps_its_loop_free(tmp_path: Path) -> None:
    async with serving(open_store(tmp_path)) as server, asyncio.TaskGroup() as group:
        talkers = []
        for n in range(TALKERS):
            connection = talking(server.port, f"talker {n}")
            talkers.append((connection, await connection.__aenter__()))
        talks = [group.create_task(talk(one, f"talker {n}")) for n, (_, one) in enumerate(talkers)]
        await asyncio.wait(talks)
        for connection, talker in talkers:
            assert await everything(talker) == list(range(1, TALKERS * EACH + 1))
            await connection.__aexit__(None, None, None)
