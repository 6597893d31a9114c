"""Whatever is asked of them in whatever order, the store in memory and the one on disk answer alike."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from salon.core.events import Edited, Redacted, Said, TopicChanged
from salon.core.limits import IDEMPOTENCY_SECONDS
from salon.core.people import Person
from salon.core.room import RoomState
from salon.hall.ports import Store
from salon.stores.memory import MemoryStore
from salon.stores.sqlite import open_store
from tests.support.batches import batch_of, entry

ROOMS = st.sampled_from(["lobby", "tea", "@1:2"])
SEQS = st.integers(-1, 30)
EVENTS = st.sampled_from([Said("a"), Said("b", edited=1), Edited(1, "x"), Redacted(2), TopicChanged("t")])
BETWEEN = (Person("ann", 1), Person("bob", 2))


class Agreement(RuleBasedStateMachine):
    """Each rule asks both stores the same and compares what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.now = 0

    @initialize()
    def open(self) -> None:
        self.loop.run_until_complete(self._open())

    async def _open(self) -> None:
        self.memory = MemoryStore()
        self.disk = open_store(Path(self.folder.name))

    def teardown(self) -> None:
        self.loop.run_until_complete(self._close())
        self.loop.close()
        self.folder.cleanup()

    async def _close(self) -> None:
        await self.disk.close()

    def both(self, ask: Callable[[Store], Any]) -> Any:
        async def answers() -> tuple[Any, Any]:
            return await ask(self.memory), await ask(self.disk)

        memory, disk = self.loop.run_until_complete(answers())
        assert memory == disk
        return memory

    @rule(
        room=ROOMS,
        off=st.sampled_from([0, 0, 0, 0, -1, 1]),
        events=st.lists(
            st.tuples(EVENTS, st.sampled_from(["", "a", "b", "c"]), st.integers(1, 2)), min_size=1, max_size=5
        ),
        rewrites=st.lists(st.integers(1, 30), max_size=2),
        state=st.booleans(),
    )
    def append(self, room: str, off: int, events: list[tuple[Any, str, int]], rewrites: list[int], state: bool) -> None:
        stored = self.both(lambda store: store.load(room))
        head = max(0, (stored.head if stored else 0) + off)
        self.now += 10
        used: set[tuple[int, str]] = set()
        entries = []
        for n, (event, command_id, person) in enumerate(events, head + 1):
            command_id = "" if (person, command_id) in used else command_id
            used.add((person, command_id))
            entries.append(entry(n, time=self.now, event=event, id=command_id, person=person))
        changed = {seq: entry(seq, event=Said("rewritten", edited=head)) for seq in rewrites if seq <= head}
        new = RoomState(room, f"topic {head}", BETWEEN if room.startswith("@") else ())
        batch = batch_of(*entries, rewrites=changed)
        self.both(lambda store: store.append(room, head, batch, new if state or head == 0 else None))

    @rule(room=ROOMS, first=SEQS, weeks=st.integers(0, 2))
    def trim(self, room: str, first: int, weeks: int) -> None:
        now = self.now + weeks * IDEMPOTENCY_SECONDS * 1000
        self.both(lambda store: store.trim(room, first, now))

    @rule(room=ROOMS, at=SEQS, limit=st.integers(0, 9))
    def page(self, room: str, at: int, limit: int) -> None:
        self.both(lambda store: store.read(room, at, limit))
        self.both(lambda store: store.read_before(room, at, limit))
        self.both(lambda store: store.fetch(room, [at, at + 1]))
        self.both(lambda store: store.first_since(room, at * 10))

    @rule()
    def list(self) -> None:
        self.both(lambda store: store.rooms())
        self.both(lambda store: store.rooms_between(1))

    @rule(name=st.sampled_from(["ann", "Ann", "bob"]), proof=st.sampled_from([b"1", b"2"]), now=st.integers(0, 3))
    def enter(self, name: str, proof: bytes, now: int) -> None:
        self.both(lambda store: store.enter(name, proof, now))
        self.both(lambda store: store.find(name))

    @rule(person=st.integers(1, 2), room=ROOMS, seq=SEQS)
    def mark_read(self, person: int, room: str, seq: int) -> None:
        self.both(lambda store: store.mark_read(person, room, seq))
        self.both(lambda store: store.positions(person))

    @rule()
    def restart(self) -> None:
        """What a process keeps only for itself must not show."""

        async def again() -> None:
            await self.disk.close()
            self.disk = open_store(Path(self.folder.name))

        self.loop.run_until_complete(again())


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=25, stateful_step_count=30)
