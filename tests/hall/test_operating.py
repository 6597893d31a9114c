"""What the operator sees at a glance, and does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from salon.core.commands import Say
from salon.core.limits import ANNOUNCEMENT_CHARS, OVERVIEW_ROWS
from salon.core.people import Person
from salon.errors import EMPTY, NO_SUCH_FILE, NOT_HERE, TOO_LONG, UNKNOWN_ROOM
from salon.hall.overview import Overview
from salon.stores.memory import MemoryStore
from tests.support.party import Guest, Party, rest
from tests.support.shelves import Shelves

pytestmark = pytest.mark.anyio

GAUGES = (50, 60, 70)


@pytest.fixture
def overview(party: Party) -> Overview:
    return Overview(party.hall, lambda: GAUGES)


async def test_a_quiet_hall(party: Party, overview: Overview) -> None:
    state = await overview.look()
    assert state.people is not None
    assert (state.people.total, state.people.rows) == (0, [])
    assert state.machine is not None
    assert (state.machine.memory, state.machine.disk_free, state.machine.disk_size) == GAUGES


async def test_who_is_served_worst_comes_first(party: Party, overview: Overview) -> None:
    ann = await party.guest("ann", "lobby", "r1")
    party.now += 10_000
    await party.guest("bob")
    slow = await party.guest("slow", room=10)
    slow.stop_reading()
    await party.say(ann, "one")
    await party.say(ann, "two")
    people = (await overview.look()).people
    assert people is not None
    assert [row.name for row in people.rows] == ["slow", "bob", "ann"]
    worst = people.rows[0]
    assert (worst.dialect, worst.address, worst.parked, worst.rooms) == ("JSON", "127.0.0.1:4711", True, 1)
    assert worst.lag == 1
    assert worst.buffered == sum(map(len, slow.unread)) > 0
    assert [row.came for row in people.rows] == [1_010_000, 1_010_000, 1_000_000]


async def test_rooms_in_memory_and_on_the_disk_but_no_private_ones(party: Party, overview: Overview) -> None:
    ann, bob = await party.guest("ann", "lobby", "r1"), await party.guest("bob")
    await party.say(ann, "x", room="r1")
    await party.say(ann, "x", "y")
    assert await party.hall.say_privately(bob.session, Say("psst", to="ann")) is None
    await rest()
    party.hall.leave(ann.session, ann.session.followers["r1"])
    state = await overview.look()
    assert state.rooms is not None
    assert state.machine is not None
    assert [(row.name, row.here, row.seq) for row in state.rooms.rows] == [("lobby", 2, 2), ("r1", 0, 1)]
    assert state.machine.private_rooms == 1
    assert state.machine.entries == 4


async def test_a_look_is_shared_for_a_moment(party: Party, overview: Overview) -> None:
    first = await overview.look()
    await party.guest("ann")
    assert await overview.look() is first
    party.now += 1_000
    assert (await overview.look()).people != first.people


async def test_of_thousands_the_first_are_shown(party: Party, overview: Overview) -> None:
    for n in range(OVERVIEW_ROWS + 60):
        guest = Guest()
        assert await party.hall.enter(guest.session, f"p{n}", "") is None
    people = (await overview.look()).people
    assert people is not None
    assert (people.total, len(people.rows)) == (OVERVIEW_ROWS + 60, OVERVIEW_ROWS)


async def test_shelves_and_files_on_their_way() -> None:
    shelves = Shelves()
    overview = Overview(shelves.hall, lambda: (None, None, None))
    await shelves.send("a.txt", b"abc", room="r1")
    await shelves.begin("b.txt", 10)
    state = await overview.look()
    assert state.shelves is not None
    assert state.transfers is not None
    assert state.shelves.bytes == 3
    assert [(row.room, row.name, row.size, row.by) for row in state.shelves.rows] == [("r1", "a.txt", 3, "ann")]
    assert [(row.file, row.up, row.size, row.paused) for row in state.transfers.rows] == [("b.txt", True, 10, True)]
    await shelves.close()


async def test_sending_somebody_out(party: Party, advance: Callable[[float], Any]) -> None:
    ann, again, bob = await party.guest("Ann"), await party.guest("Ann"), await party.guest("bob", room=10)
    bob.stop_reading()
    assert party.hall.operating.send_out("ann") is None
    await rest()
    for guest in (ann, again):
        assert guest.errors() == [("", "sent_out")]
        assert guest.closed
    assert [person.name for person in (one.person for one in party.hall.sessions)] == ["bob"]
    watcher = party.hall.happenings.watch()
    assert party.hall.operating.send_out("bob") is None
    await advance(5)
    assert bob.closed
    shown = [happening.kind for _, happening in watcher.take().happenings]
    assert shown[-2:] == ["parted", "left"]
    refusal = party.hall.operating.send_out("Ann")
    assert refusal is not None
    assert refusal.problem is NOT_HERE


async def test_who_was_sent_out_is_not_waited_for(party: Party) -> None:
    ann = await party.guest("Ann")
    party.hall.operating.send_out("Ann")
    party.hall.end(ann.session, broken=True)  # as the connection tells it
    await rest()
    assert party.hall.rooms.get("lobby") is None
    assert party.hall.register.holder("Ann") is None


async def test_saying_something_to_everybody(party: Party) -> None:
    ann, bob = await party.guest("ann", "r1"), await party.guest("bob")
    assert party.hall.operating.announce("Tea at five") is None
    await rest()
    for guest in (ann, bob):
        assert [note.message for note in guest.notes("operator")] == ["The operator: Tea at five"]
    for text, problem in ((" \n", EMPTY), ("x" * (ANNOUNCEMENT_CHARS + 1), TOO_LONG)):
        refusal = party.hall.operating.announce(text)
        assert refusal is not None
        assert refusal.problem is problem


async def test_taking_a_file_off_a_shelf_whoever_sent_it() -> None:
    shelves = Shelves(store=MemoryStore())
    await shelves.send("a.txt", b"abc", room="r1", person=Person("zoe", 9))
    operating = shelves.hall.operating
    missing = await operating.unshelve("r1", "b.txt")
    nowhere = await operating.unshelve("r2", "a.txt")
    assert missing is not None
    assert nowhere is not None
    assert (missing.problem, nowhere.problem) == (NO_SUCH_FILE, UNKNOWN_ROOM)
    assert await operating.unshelve("R1", "a.txt") is None
    assert await shelves.names("r1") == []
    lines = [happening.text for _, happening in shelves.hall.happenings.watch().take().happenings]
    assert lines[-1] == "The operator took a.txt off the shelf."
    await shelves.close()
