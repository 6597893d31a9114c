"""What was said in the last seconds, for whoever only just missed it."""

from __future__ import annotations

import pytest

from salon.stores.memory import MemoryStore
from tests.support.party import Guest, Party

pytestmark = pytest.mark.anyio


async def test_as_far_back_as_asked_and_never_before_this_servers_run() -> None:
    now, store = 1_000, MemoryStore()
    before = Party(store, lambda: now)
    await before.say(await before.guest("ann"), "long ago")
    now = 2_000
    party = Party(store, lambda: now)
    ann = await party.guest("ann")
    for now in (2_000, 5_000, 10_000):
        await party.say(ann, f"at {now}")
    assert [await party.hall.asking.recently(ann.session, "Lobby", seconds) for seconds in (100, 8, 6, 5, 1, 0)] == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]


async def test_nothing_where_there_is_no_such_room(party: Party) -> None:
    guest = await party.guest("ann")
    assert await party.hall.asking.recently(guest.session, "new", 5) == 0
    assert await party.hall.asking.recently(guest.session, "../x", 5) is None


async def test_a_numbered_person_is_the_same_one_under_each_name(party: Party) -> None:
    """What belongs to name and secret does not depend on who else was here."""
    first, second = Guest(), Guest()
    await party.hall.enter(first.session, "bob", "1" * 32)
    await party.hall.enter(second.session, "bob", "2" * 32, rename=True)
    number = second.session.person.number
    assert second.session.person.name == "bob(2)"
    await party.goodbye(first)
    await party.goodbye(second)
    third = Guest()
    await party.hall.enter(third.session, "bob", "2" * 32, rename=True)
    assert (third.session.person.name, third.session.person.number) == ("bob", number)
