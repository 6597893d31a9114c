"""A store in bad weather: others append first, ids turn out to be known, disks are full, answers take their time."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable
from typing import TypeVar

from salon.core.batch import Batch
from salon.core.events import Entry, Said
from salon.core.room import RoomState
from salon.errors import DISK_FULL, refuse
from salon.hall.ports import Appended, Failed, Stored
from salon.stores.memory import MemoryStore

T = TypeVar("T")

STRANGER = -99  # the person who writes from another process


class StormyStore(MemoryStore):
    """`weather` is asked before each append: "", "conflict", "known" or "failed". `delay` says how many turns of the
    loop an answer takes.
    """

    def __init__(self, weather: Callable[[], str], delay: Callable[[], int]) -> None:
        super().__init__()
        self._weather = weather
        self._delay = delay
        self.foreign = 0

    def append(self, room: str, expected_head: int, batch: Batch, state: RoomState | None) -> Future[Appended]:
        weather = self._weather()
        if weather == "failed":
            return self._late(lambda: Failed(refuse(DISK_FULL)))
        if weather == "conflict":
            self.append_elsewhere(room)
        if weather == "known":
            self._append_same_ids(room, batch)
        answer = super().append(room, expected_head, batch, state).result()
        return self._late(lambda: answer)

    def append_elsewhere(self, room: str) -> None:
        """Another process says something."""
        stored = super().load(room).result()
        head = stored.head if stored else 0
        self.foreign += 1
        entry = Entry(head + 1, stored.time if stored else 0, "stranger", STRANGER, Said(f"foreign {self.foreign}"))
        batch = Batch([entry], {}, {}, stored.state if stored else RoomState(room), [])
        super().append(room, head, batch, None if stored else batch.state)

    def _append_same_ids(self, room: str, batch: Batch) -> None:
        """Another process writes the first command of this batch that has an id: it was sent there too."""
        stored = super().load(room).result()
        known = next(iter(batch.keys.items()), None)
        if stored is None or known is None or batch.rewrites:
            return
        key, kept = known
        entry = next(one for one in batch.entries if one.seq == kept.seq)
        if not isinstance(entry.event, Said):
            return
        moved = Entry(stored.head + 1, entry.time, entry.author, entry.person, entry.event, entry.id)
        there = type(kept)(moved.seq, moved.time, kept.fingerprint)
        super().append(room, stored.head, Batch([moved], {}, {key: there}, stored.state, []), None)

    def load(self, room: str) -> Future[Stored | None]:
        return self._late(super().load(room).result)

    def read(self, room: str, after: int, limit: int) -> Future[list[Entry]]:
        true = super().read
        return self._late(lambda: true(room, after, limit).result())

    def _late(self, answer: Callable[[], T]) -> Future[T]:
        """The answer as it is some turns later."""
        late: Future[T] = asyncio.get_running_loop().create_future()

        def turn(left: int) -> None:
            if left:
                asyncio.get_running_loop().call_soon(turn, left - 1)
            elif not late.cancelled():
                late.set_result(answer())

        turn(self._delay())
        return late
