"""Cursors: where they begin, what they are told cannot be had, how they catch up."""

from __future__ import annotations

import asyncio

import pytest

from salon.core.commands import Say
from salon.core.limits import PAGE_ENTRIES
from salon.errors import STORAGE_FAILED, TOO_MANY_ROOMS, Refusal, SalonError, refuse
from salon.hall import hall as halls
from salon.hall.following import ELSEWHERE, TRIMMED
from salon.wire import answers
from tests.support.party import Guest, Party, rest
from tests.support.storms import StormyStore

pytestmark = pytest.mark.anyio


def gaps(guest: Guest) -> list[tuple[int, int, str]]:
    return [(gap.payload.start, gap.payload.end, gap.payload.why) for gap in guest.of(answers.GapDocument)]


async def talked(party: Party, count: int = 10) -> Guest:
    ann = await party.guest("ann")
    await party.say(ann, *(f"{n}" for n in range(1, count + 1)))
    return ann


@pytest.mark.parametrize(
    ("since", "heard"),
    [
        (None, []),
        (0, range(1, 11)),
        (7, [8, 9, 10]),
        (10, []),
        (-3, [8, 9, 10]),
        (-99, range(1, 11)),
        (-(2**50), range(1, 11)),
    ],
)
async def test_where_a_follower_begins(party: Party, since: int | None, heard: object) -> None:
    await talked(party)
    assert isinstance(heard, range | list)
    bob = await party.guest("bob", since=since)
    assert bob.heard() == [*heard]
    assert not gaps(bob)


async def test_a_number_from_another_history_is_told(party: Party) -> None:
    await talked(party)
    bob = await party.guest("bob", since=15)
    assert gaps(bob) == [(11, 15, ELSEWHERE)]
    await party.say(bob, "next")
    assert bob.heard() == [11]


@pytest.mark.parametrize(("since", "gap"), [(0, (1, 6, TRIMMED)), (4, (5, 6, TRIMMED)), (6, None), (-9, None)])
async def test_what_is_not_kept_any_more_is_told(party: Party, since: int, gap: tuple[int, int, str] | None) -> None:
    await talked(party)
    await party.store.trim("lobby", 7, 0)
    party.hall.rooms["lobby"].first = 7
    bob = await party.guest("bob", since=since)
    assert gaps(bob) == ([gap] if gap else [])
    assert bob.heard() == [7, 8, 9, 10]


async def test_everything_is_gone(party: Party) -> None:
    await talked(party)
    await party.store.trim("lobby", 11, 0)
    party.hall.rooms["lobby"].first = 11
    bob = await party.guest("bob", since=3)
    assert gaps(bob) == [(4, 10, TRIMMED)]
    await party.say(bob, "on")
    assert bob.heard() == [11]


async def test_retention_forgets_by_age(party: Party) -> None:
    party = Party(party.store, retain_ms=5_000)
    ann = await party.guest("ann", "lobby", "tea")
    for n in range(1, 11):
        party.now += 1000
        await party.say(ann, f"{n}")
    party.now += 1000
    await party.say(ann, "x", room="tea")
    await party.hall.trim()
    stored = await party.store.load("lobby")
    assert stored is not None
    assert (stored.first, stored.head) == (6, 10)
    assert party.hall.rooms["lobby"].first == 6
    await Party(party.store).hall.trim()
    assert [room.first for room in await party.store.rooms()] == [6, 1]


async def test_reading_pages_while_others_talk(party: Party) -> None:
    """A long way behind, and more comes meanwhile: nothing twice, nothing missing."""
    count = 3 * PAGE_ENTRIES + 10
    ann = await talked(party, count)
    bob = Guest()
    assert await party.hall.enter(bob.session, "bob", "b" * 32) is None
    await party.join(bob, "lobby", 0)
    for n in range(20):
        party.submit(ann, Say(f"more {n}"))
        await rest(2)
    await rest(100)
    assert bob.heard() == list(range(1, count + 21))


async def test_reading_where_the_beginning_was_forgotten_while_others_talk() -> None:
    """A page of so many entries reaches further than usual: what lies behind its aim comes from the ring, once."""
    delays: list[int] = []
    party = Party(StormyStore(lambda: "", lambda: delays.pop() if delays else 0))
    ann = await talked(party)
    await party.store.trim("lobby", 7, 0)
    bob = Guest()
    assert await party.hall.enter(bob.session, "bob", "b" * 32) is None
    await party.join(bob, "lobby", 0)
    delays.append(20)  # for the page that is read now
    await rest(2)
    assert not delays
    await party.say(ann, "11", "12", "13")
    await rest(100)
    assert bob.heard() == list(range(7, 14))


async def test_rooms_of_one_session_take_turns(party: Party) -> None:
    ann = await party.guest("ann", "a", "b")
    for room in ("a", "b"):
        for _ in range(6):
            await party.say(ann, *(f"{room}{n}" + "x" * 60_000 for n in range(3)), room=room)
            party.submit(ann, Say("y" * 200_000), room=room)
            await rest()
    slow = await party.guest("bob", "a", "b", room=1)
    slow.forget()
    slow.stop_reading()
    for room in ("a", "b"):
        for _ in range(4):
            party.submit(ann, Say("z" * 200_000), room=room)
            await rest()
    writes = slow.writes
    slow.room = 10**9
    slow.go_on_reading()
    await rest(100)
    rooms = [answers.decode_answer(data.splitlines()[0]).payload for data in slow.read[-6:]]
    assert {getattr(payload, "room", "") for payload in rooms[:2]} == {"a", "b"}
    assert slow.writes > writes


async def test_a_room_that_was_left_says_nothing_more(party: Party) -> None:
    """Also where there was more to take: its follower stood in the queue of those behind."""
    ann = await party.guest("ann")
    slow = await party.guest("bob", "lobby", "tea", room=1)
    slow.stop_reading()
    await party.say(ann, *(f"{n}" + "x" * 300_000 for n in range(4)))
    party.hall.leave(slow.session, slow.session.followers["lobby"])
    slow.go_on_reading()
    seen = slow.heard()
    assert seen == [1]
    await rest(100)
    assert slow.heard() == seen
    slow.forget()
    await party.join(slow, "lobby", 1)
    await rest(100)
    assert slow.heard() == [2, 3, 4]


async def test_joining_twice_is_following_once(party: Party) -> None:
    ann = await party.guest("ann")
    first = ann.session.followers["lobby"]
    assert await party.join(ann, "LOBBY ", 0) is first
    await party.say(ann, "one")
    assert ann.heard() == [1]


async def test_a_session_follows_so_many_rooms(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halls, "SESSION_ROOMS", 2)
    ann = await party.guest("ann", "a", "b")
    refused = await party.hall.join(ann.session, "c", None)
    assert isinstance(refused, Refusal)
    assert refused.problem is TOO_MANY_ROOMS
    assert set(party.hall.rooms) == {"a", "b"}


async def test_the_visible_name_of_a_room_is_in_nfc(party: Party) -> None:
    ann = await party.guest("ann", " Cafe\u0301 ")
    assert [room.view.name for room in party.hall.rooms.values()] == ["Café"]
    await party.say(ann, "x", room="café")
    bob = await party.guest("bob", "CAFÉ", since=0)
    assert bob.heard("Café") == [1]


async def test_a_place_that_cannot_be_read_ends_the_connection(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    await talked(party)

    async def fail(*_: object) -> None:
        raise SalonError(refuse(STORAGE_FAILED))

    bob = Guest()
    assert await party.hall.enter(bob.session, "bob", "b" * 32) is None
    with monkeypatch.context() as patch:
        patch.setattr(party.store, "read", lambda *_: party.hall.tasks.start(fail()))
        await party.join(bob, "lobby", 0)
        await rest()
    assert bob.errors() == [("", "storage_failed")]
    assert bob.closed
    assert not bob.heard()


async def test_rooms_are_loaded_once_however_many_come_at_the_same_time(party: Party) -> None:
    ann = await party.guest("ann", "tea")
    await party.say(ann, "one", room="tea")
    await party.goodbye(ann)
    guests = [Guest() for _ in range(5)]
    for n, guest in enumerate(guests):
        assert await party.hall.enter(guest.session, f"g{n}", "") is None

    followers = await asyncio.gather(*(party.join(guest, "tea", 0) for guest in guests))
    assert len({id(follower.room) for follower in followers}) == 1


async def test_closing_tells_everybody_and_writes_what_is_on_its_way(party: Party) -> None:
    ann, bob = await party.guest("ann"), await party.guest("bob")
    party.submit(ann, Say("last words", id="x"))
    await party.hall.close("The server is closing.")
    await rest()
    assert ann.acks() == {"x": 1}
    for guest in (ann, bob):
        assert guest.texts() == ["last words"]
        assert [note.message for note in guest.notes("closing")] == ["The server is closing."]
        assert guest.closed
