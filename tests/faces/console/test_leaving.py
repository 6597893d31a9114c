"""Leaving a room right after something was said in it."""

from __future__ import annotations

import asyncio
from asyncio import Future
from functools import partial
from pathlib import Path

import pytest

from salon.core.batch import Batch
from salon.core.room import RoomState
from salon.ground.tasks import Tasks
from salon.hall.ports import Appended
from salon.stores.memory import MemoryStore
from tests.support.consoles import chatting
from tests.support.servers import serving

pytestmark = pytest.mark.anyio


class SlowStore(MemoryStore):
    """Keeps what is said only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()
        self.tasks = Tasks()

    def append(self, room: str, expected_head: int, batch: Batch, state: RoomState | None) -> Future[Appended]:
        return self.tasks.start(self._later(partial(super().append, room, expected_head, batch, state)))

    async def _later(self, append: partial[Future[Appended]]) -> Appended:
        await self.goes_on.wait()
        return await append()


async def test_what_was_said_last_is_still_seen(tmp_path: Path) -> None:
    store, tasks = SlowStore(), Tasks()
    async with serving(store) as server, chatting(server.address, "ann", tmp_path) as (ann, screen):
        await ann.obey("bye all")
        leaving = tasks.start(ann.obey("/leave"))
        await ann.client.list_rooms()  # whatever was asked before is answered
        assert not screen.lines
        store.goes_on.set()
        await leaving
        await screen.until("You left r1 and are in lobby.")
        assert "ann: bye all" in screen.lines[0]
    await tasks.close()
    await store.tasks.close()
