from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from salon.core.commands import Say
from salon.core.limits import GRACE_SECONDS
from salon.wire import answers
from tests.support.party import Guest, Party, rest
from tests.support.storms import StormyStore

pytestmark = pytest.mark.anyio

Advance = Callable[[float], Awaitable[None]]


def order(guest: Guest) -> list[str]:
    """What a guest heard, in a few letters: a text, `+name` or `-name`."""
    told: list[str] = []
    for document in guest.documents:
        payload = document.payload
        if isinstance(payload, answers.Message):
            told.append(payload.text)
        elif isinstance(payload, answers.Notification):
            told += [f"+{name}" for name in payload.joined] + [f"-{name}" for name in payload.left]
    return told


async def test_who_comes_is_announced_once_to_everybody(party: Party) -> None:
    ann = await party.guest("ann")
    bob = await party.guest("bob")
    assert ann.presence() == [(["ann"], []), (["bob"], [])]
    assert bob.presence() == [(["bob"], [])]
    assert party.hall.rooms["lobby"].names == ["ann", "bob"]


async def test_those_who_come_and_go_in_one_turn_are_one_document(party: Party) -> None:
    ann = await party.guest("ann")
    guests = [await party.guest(name, "tea") for name in ("bob", "cy", "di")]
    ann.forget()
    for guest in guests:
        await party.join(guest, "lobby")
    party.hall.end(guests[0].session, broken=False)
    await rest()
    assert ann.presence() == [(["cy", "di"], [])]  # bob came and went: that is not worth a word


async def test_only_the_first_session_joins_and_the_last_one_leaves(party: Party) -> None:
    ann = await party.guest("ann")
    first = await party.guest("bob")
    second = await party.guest("bob")
    await party.goodbye(first)
    assert ann.presence() == [(["ann"], []), (["bob"], [])]
    await party.goodbye(second)
    assert ann.presence()[2:] == [([], ["bob"])]


async def test_after_a_broken_line_there_is_a_grace(party: Party, advance: Advance) -> None:
    ann = await party.guest("ann")
    bob = await party.guest("bob")
    ann.forget()
    await party.cut(bob)
    await advance(GRACE_SECONDS - 0.5)
    assert ann.presence() == []
    await advance(1)
    assert ann.presence() == [([], ["bob"])]
    assert party.hall.rooms["lobby"].names == ["ann"]


async def test_who_comes_back_within_the_grace_was_never_gone(party: Party, advance: Advance) -> None:
    ann = await party.guest("ann")
    bob = await party.guest("bob")
    ann.forget()
    await party.cut(bob)
    await advance(GRACE_SECONDS - 0.5)
    back = await party.guest("bob")
    await advance(2 * GRACE_SECONDS)
    assert ann.presence() == []
    await party.goodbye(back)
    assert ann.presence() == [([], ["bob"])]


async def test_leaving_a_room_is_not_leaving_the_others(party: Party) -> None:
    ann = await party.guest("ann", "lobby", "tea")
    bob = await party.guest("bob", "lobby", "tea")
    ann.forget()
    party.hall.leave(bob.session, bob.session.followers["tea"])
    await rest()
    assert [(note.room, note.left) for note in ann.notes("presence")] == [("tea", ["bob"])]
    await party.say(bob, "still here")
    assert ann.texts() == ["still here"]


@pytest.mark.parametrize("delay", [0, 1, 7])
async def test_nobody_leaves_before_their_last_words(delay: int) -> None:
    party = Party(StormyStore(lambda: "", lambda: delay))
    ann = await party.guest("ann")
    await rest()
    bob = await party.guest("bob")
    await rest()
    party.submit(bob, Say("one"))
    await rest(3)
    party.submit(bob, Say("two"), Say("three"))
    party.hall.end(bob.session, broken=False)
    await rest(100)
    assert order(ann) == ["+ann", "+bob", "one", "two", "three", "-bob"]


async def test_who_comes_back_while_the_last_words_are_written_stays() -> None:
    party = Party(StormyStore(lambda: "", lambda: 7))
    ann = await party.guest("ann")
    bob = await party.guest("bob")
    await rest(100)
    ann.forget()
    party.submit(bob, Say("one"))
    party.hall.end(bob.session, broken=False)
    await party.guest("bob")
    await rest(100)
    assert order(ann) == ["one"]
    assert party.hall.rooms["lobby"].names == ["ann", "bob"]


async def test_a_slow_reader_is_told_who_is_here_instead(party: Party) -> None:
    """Who came and went while it was behind the ring is summed up."""
    ann = await party.guest("ann", room=1)
    ann.stop_reading()
    bob = await party.guest("bob")
    await party.goodbye(bob)
    await party.say(await party.guest("cy"), "hello")
    party.hall.rooms["lobby"].ring.clear()
    ann.forget()
    ann.go_on_reading()
    await rest()
    assert ann.texts() == ["hello"]
    assert [note.members for note in ann.notes("members")] == [["ann", "cy"]]


async def test_a_room_leaves_memory_when_nobody_is_there(party: Party, advance: Advance) -> None:
    ann = await party.guest("ann", "lobby", "tea")
    await party.say(ann, "one", room="tea")
    assert set(party.hall.rooms) == {"lobby", "tea"}
    party.hall.leave(ann.session, ann.session.followers["tea"])
    await rest()
    assert set(party.hall.rooms) == {"lobby"}
    await party.cut(ann)
    assert set(party.hall.rooms) == {"lobby"}  # the grace still runs
    await advance(GRACE_SECONDS + 1)
    assert not party.hall.rooms
    assert not len(party.hall.register)
    assert party.hall._budget.used == 0
    # What was said is found again.
    bob = await party.guest("bob", "tea", since=0)
    assert bob.texts("tea") == ["one"]
