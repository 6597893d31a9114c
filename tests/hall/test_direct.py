"""Private messages: the room of two people."""

from __future__ import annotations

import pytest

from salon.core.batch import Kept
from salon.core.commands import Say, Shelve
from salon.core.filenames import SafeName
from salon.errors import NOT_HERE, STORAGE_FAILED, UNKNOWN_ROOM, Refusal, SalonError, refuse
from salon.hall.waiting import submit
from salon.wire import answers
from tests.support.party import Guest, Party, rest

pytestmark = pytest.mark.anyio

PRIVATE = "@ann:bob"
SHELVE = Shelve(SafeName("a.txt"), 1, "0" * 64, 0)


async def tell(party: Party, guest: Guest, to: str, text: str) -> Refusal | None:
    say = Say(text, to=to, id=text)
    guest.session.took(1, len(text))
    refusal = await party.hall.say_privately(guest.session, say)
    await rest()
    return refusal


def private(guest: Guest, room: str = PRIVATE) -> list[tuple[str, str, str]]:
    found = [one.payload for one in guest.of(answers.MessageDocument) if one.payload.room == room]
    return [(message.sender, message.to, message.text) for message in found]


async def test_both_hear_it_in_all_their_sessions_and_nobody_else(party: Party) -> None:
    ann, other_ann = await party.guest("ann"), await party.guest("ann", "tea")
    bob, cy = await party.guest("bob", "far"), await party.guest("cy")
    assert await tell(party, ann, "BOB", "psst") is None
    await tell(party, bob, "ann", "what?")
    for guest in (ann, other_ann, bob):
        assert private(guest) == [("ann", "bob", "psst"), ("bob", "ann", "what?")]
    assert ann.acks() == {"psst": 1}
    assert not private(cy)


async def test_nobody_else_learns_that_there_is_such_a_room(party: Party) -> None:
    ann, _, cy = await party.guest("ann"), await party.guest("bob"), await party.guest("cy")
    await tell(party, ann, "bob", "psst")
    for name in (PRIVATE, "@1:2", "@ANN:BOB"):
        refused = await party.hall.join(cy.session, name, 0)
        assert isinstance(refused, Refusal)
        assert refused.problem is UNKNOWN_ROOM
    passing = await party.guest("di", secret=False)
    assert isinstance(await party.hall.join(passing.session, PRIVATE, 0), Refusal)


async def test_what_was_told_is_there_when_one_comes_back(party: Party) -> None:
    ann, bob = await party.guest("ann"), await party.guest("bob")
    await tell(party, ann, "bob", "one")
    await party.goodbye(bob)
    assert await tell(party, ann, "bob", "two") is None
    await party.goodbye(ann)
    bob = await party.guest("bob", "lobby", "@Bob:Ann".replace("Bob:Ann", "ann:bob"), since=0)
    assert [text for _, _, text in private(bob)] == ["one", "two"]


@pytest.mark.parametrize("name", ["", "nobody", "@ann:bob", "cy"])
async def test_to_somebody_who_cannot_come_back_nothing_is_kept(party: Party, name: str) -> None:
    ann = await party.guest("ann")
    passing = await party.guest("cy", secret=False)
    await party.goodbye(passing)
    refusal = await tell(party, ann, name, "psst")
    assert refusal is not None
    assert refusal.problem is NOT_HERE
    assert [stored.key for stored in await party.store.rooms()] == []


async def test_a_person_who_is_passing_is_told_while_they_are_here(party: Party) -> None:
    ann, cy = await party.guest("ann"), await party.guest("cy", secret=False)
    assert await tell(party, ann, "cy", "psst") is None
    assert private(cy, "@ann:cy") == [("ann", "cy", "psst")]
    # Whoever has the name next has nothing of it.
    await party.goodbye(cy)
    heir = await party.guest("cy", secret=False)
    assert isinstance(await party.hall.join(heir.session, "@ann:cy", 0), Refusal)
    await tell(party, ann, "cy", "who are you?")
    assert private(heir, "@ann:cy") == [("ann", "cy", "who are you?")]


async def test_notes_to_oneself(party: Party) -> None:
    ann = await party.guest("ann")
    await tell(party, ann, "ann", "milk")
    assert private(ann, "@ann:ann") == [("ann", "ann", "milk")]


async def test_there_is_no_presence_in_a_private_room(party: Party) -> None:
    ann, bob = await party.guest("ann"), await party.guest("bob")
    await tell(party, ann, "bob", "psst")
    for guest in (ann, bob):
        guest.forget()
    await party.goodbye(bob)
    assert [note.room for note in ann.notes("presence")] == ["lobby"]


async def test_with_a_line_that_broke_meanwhile_it_is_said_all_the_same(party: Party) -> None:
    ann, bob = await party.guest("ann"), await party.guest("bob")
    telling = party.hall.say_privately(ann.session, Say("psst", to="bob"))
    party.hall.end(ann.session, broken=True)
    assert await telling is None
    await rest()
    assert private(bob) == [("ann", "bob", "psst")]


async def test_a_store_that_cannot_be_asked_raises(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await party.guest("ann")

    async def fail(*_: object) -> None:
        raise SalonError(refuse(STORAGE_FAILED))

    monkeypatch.setattr(party.store, "find", fail)
    with pytest.raises(SalonError):
        await party.hall.say_privately(ann.session, Say("psst", to="bob"))


async def test_two_people_may_have_had_one_name(party: Party) -> None:
    """A second bob's room with ann has the first one's visible name, and the latest is meant by it."""
    ann, bob = await party.guest("ann"), await party.guest("bob")
    await tell(party, ann, "bob", "to the first")
    await party.goodbye(bob)
    party.now += 1000
    other = Guest()
    assert await party.hall.enter(other.session, "bob", "f" * 32) is None
    await tell(party, ann, "bob", "to the second")
    assert private(other) == [("ann", "bob", "to the second")]
    again = await party.guest("ann", PRIVATE, since=0)
    assert [text for _, _, text in private(again)] == ["to the second"]
    assert len(await party.store.rooms_between(ann.session.person.number)) == 2


async def test_a_file_may_be_the_first_thing_in_the_room(party: Party) -> None:
    ann, bob, cy = await party.guest("ann"), await party.guest("bob"), await party.guest("cy")
    room = await party.hall.find_or_make(ann.session.person, "@Ann:BOB")
    assert not isinstance(room, Refusal)
    assert room.state.name == PRIVATE
    party.hall.forget_if_deserted(room)  # as it is until the last byte has come
    kept = await submit(party.hall, ann.session.person, room.key, PRIVATE, SHELVE, room.state.between)
    assert isinstance(kept, Kept)
    await rest()
    for guest, times in ((ann, 1), (bob, 1), (cy, 0)):
        told = [one.payload for one in guest.of(answers.NotificationDocument) if one.payload.kind == "shelved"]
        assert [one.room for one in told] == [PRIVATE] * times
    room = party.hall.rooms[room.key]
    assert [one.number for one in room.state.between] == [ann.session.person.number, bob.session.person.number]
    await tell(party, bob, "ann", "thanks")
    assert await party.hall.find_or_make(bob.session.person, PRIVATE) is room
    for person, name in ((cy, PRIVATE), (ann, "@ann:nobody"), (ann, "@ann"), (ann, "@"), (ann, "@ann:bob:cy")):
        refused = await party.hall.find_or_make(person.session.person, name)
        assert isinstance(refused, Refusal)
        assert refused.problem is UNKNOWN_ROOM
