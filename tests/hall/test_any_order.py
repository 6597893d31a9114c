"""Whatever happens in whatever order: every follower sees every kept entry exactly once, in order, every gap announced;
what was acknowledged stands in the log once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salon.core.commands import Delete, Edit, Say
from salon.core.events import Entry
from salon.wire import answers
from tests.support.party import Guest, Party, rest
from tests.support.storms import StormyStore

NAMES = ("ann", "bob", "cy")
PAST = 500  # turns of the loop that outlast any delay
ROOM = 300  # bytes that a connection takes before it is full


class Listener:
    """A client: it remembers the last number it saw, and resumes from there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.guest: Guest | None = None
        self.seen = 0
        self.acks: dict[str, int] = {}

    def take_stock(self, trimmed: int) -> None:
        """Look at everything that came since the last time."""
        if self.guest is None:
            return
        for document in self.guest.documents:
            payload = document.payload
            if isinstance(payload, answers.Gap):
                assert payload.start == self.seen + 1
                assert payload.end <= trimmed
                self.seen = payload.end
            elif isinstance(payload, answers.Ack) and payload.seq:
                assert self.acks.setdefault(payload.id, payload.seq) == payload.seq
            elif isinstance(payload, answers.Message | answers.Notification) and payload.seq:
                assert payload.seq == self.seen + 1
                self.seen = payload.seq
        self.guest.forget()


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.weather: list[str] = []
        self.delays: list[int] = []
        self.listeners = {name: Listener(name) for name in NAMES}
        self.said: dict[str, str] = {}
        self.trimmed = 0

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(work)

    @initialize()
    def open(self) -> None:
        async def opened() -> None:
            self.store = StormyStore(
                lambda: self.weather.pop() if self.weather else "", lambda: self.delays.pop() if self.delays else 0
            )
            self.party = Party(self.store)
            for listener in self.listeners.values():
                await self._connect(listener)

        self.do(opened())

    def teardown(self) -> None:
        try:
            if hasattr(self, "party"):
                self.do(self._end())
        finally:
            self.loop.close()

    async def _end(self) -> None:
        """In the end the weather is fine, everybody is back and reads: then nothing may be missing."""
        self.weather.clear()
        self.delays.clear()
        await rest(PAST)
        for listener in self.listeners.values():
            await self._connect(listener)
            assert listener.guest is not None
            listener.guest.go_on_reading()
        # Another process wrote, and nothing rings between the two: the next batch finds out.
        assert listener.guest is not None
        self.party.submit(listener.guest, Say("goodbye"))
        await rest(PAST)
        entries = await self._log()
        head = entries[-1].seq if entries else self.trimmed
        assert [entry.seq for entry in entries] == list(range(self.trimmed + 1, head + 1))
        ids = [(entry.person, entry.id) for entry in entries if entry.id]
        assert len(ids) == len(set(ids))
        for listener in self.listeners.values():
            listener.take_stock(self.trimmed)
            assert listener.seen == head
            for command_id, seq in listener.acks.items():
                assert seq <= self.trimmed or entries[seq - self.trimmed - 1].id == command_id
        await self.party.hall.close("The test is over.")

    async def _log(self) -> list[Entry]:
        entries: list[Entry] = []
        while page := await self.store.read("lobby", entries[-1].seq if entries else 0, 100):
            entries += page
        return entries

    async def _connect(self, listener: Listener) -> None:
        if listener.guest is None:
            listener.guest = await self.party.guest(listener.name, since=listener.seen, room=ROOM)

    def one_of_those_present(self, data: st.DataObject) -> tuple[Listener, Guest]:
        listener = data.draw(st.sampled_from([one for one in self.listeners.values() if one.guest is not None]))
        assert listener.guest is not None
        return listener, listener.guest

    somebody = precondition(lambda self: any(one.guest is not None for one in self.listeners.values()))

    @rule(name=st.sampled_from(NAMES))
    def connect(self, name: str) -> None:
        self.do(self._connect(self.listeners[name]))

    @somebody
    @rule(data=st.data(), texts=st.lists(st.sampled_from(["a", "b", "", "long " * 30]), min_size=1, max_size=6))
    def say(self, data: st.DataObject, texts: list[str]) -> None:
        listener, guest = self.one_of_those_present(data)
        for text in texts:
            command_id = f"{listener.name}-{len(self.said)}"
            self.said[command_id] = text
            self.party.submit(guest, Say(text, id=command_id))

    @somebody
    @rule(data=st.data())
    def say_again(self, data: st.DataObject) -> None:
        listener, guest = self.one_of_those_present(data)
        mine = [one for one in self.said if one.startswith(listener.name)]
        if mine:
            command_id = data.draw(st.sampled_from(mine))
            self.party.submit(guest, Say(self.said[command_id], id=command_id))

    @somebody
    @rule(data=st.data(), seq=st.integers(1, 20), delete=st.booleans())
    def change(self, data: st.DataObject, seq: int, delete: bool) -> None:
        _, guest = self.one_of_those_present(data)
        self.party.submit(guest, Delete(seq) if delete else Edit(seq, "changed"))

    @somebody
    @rule(data=st.data())
    def stop_reading(self, data: st.DataObject) -> None:
        self.one_of_those_present(data)[1].stop_reading()

    @somebody
    @rule(data=st.data())
    def go_on_reading(self, data: st.DataObject) -> None:
        _, guest = self.one_of_those_present(data)

        async def go_on() -> None:
            guest.go_on_reading()

        self.do(go_on())

    @somebody
    @rule(data=st.data(), broken=st.booleans())
    def cut(self, data: st.DataObject, broken: bool) -> None:
        """What was not read is lost."""
        listener, guest = self.one_of_those_present(data)
        listener.take_stock(self.trimmed)
        self.party.hall.end(guest.session, broken=broken)
        listener.guest = None

    @rule(weather=st.lists(st.sampled_from(["", "conflict", "known", "failed"]), max_size=4))
    def storm(self, weather: list[str]) -> None:
        self.weather += weather

    @rule(delays=st.lists(st.integers(0, 12), max_size=6))
    def slow(self, delays: list[int]) -> None:
        self.delays += delays

    @rule(first=st.integers(1, 15))
    def trim(self, first: int) -> None:
        async def trimmed() -> None:
            if await self.store.load("lobby") is not None:
                self.trimmed = await self.store.trim("lobby", first, 0) - 1

        self.do(trimmed())

    @rule()
    def shrink_the_ring(self) -> None:
        """As if much had been said meanwhile: whoever is behind has to read from the store."""
        if (room := self.party.hall.rooms.get("lobby")) is not None:
            room.ring.clear()

    @rule(turns=st.integers(1, 8))
    def turn(self, turns: int) -> None:
        self.do(rest(turns))

    @invariant()
    def everybody_sees_the_same_order(self) -> None:
        for listener in self.listeners.values():
            listener.take_stock(self.trimmed)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, phases=set(Phase) - {Phase.explain})
