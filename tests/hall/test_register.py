from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from salon.core.limits import GRACE_SECONDS
from salon.errors import CLOSING, NAME_TAKEN, STORAGE_FAILED, SalonError, refuse
from salon.stores.memory import MemoryStore
from tests.support.party import Guest, Party, rest, secret_of

pytestmark = pytest.mark.anyio

Advance = Callable[[float], Awaitable[None]]


async def enter(party: Party, name: str, secret: str) -> object:
    guest = Guest()
    refusal = await party.hall.enter(guest.session, name, secret)
    return refusal.problem if refusal else guest.session.person.number


async def test_the_same_secret_is_always_admitted(party: Party) -> None:
    first = await enter(party, "ann", secret_of("ann"))
    assert first == await enter(party, "Ann", secret_of("ann").upper())
    assert len(party.hall.sessions) == 2


@pytest.mark.parametrize("secret", ["", secret_of("somebody else")])
async def test_another_secret_is_not(party: Party, secret: str) -> None:
    await enter(party, "ann", secret_of("ann"))
    assert await enter(party, "ANN", secret) is NAME_TAKEN


async def test_two_without_a_secret_are_two_people(party: Party) -> None:
    passing = await enter(party, "ann", "")
    assert isinstance(passing, int)
    assert passing < 0
    assert await enter(party, "ann", "") is NAME_TAKEN
    assert await enter(party, "ann", secret_of("ann")) is NAME_TAKEN


async def test_whoever_takes_a_free_name_starts_with_nothing(party: Party) -> None:
    ann = await party.guest("ann")
    number = ann.session.person.number
    await party.goodbye(ann)
    assert await enter(party, "ann", secret_of("other")) != number


async def test_a_goodbye_frees_the_name_at_once_and_a_broken_line_later(party: Party, advance: Advance) -> None:
    for broken in (False, True):
        guest = await party.guest("ann")
        party.hall.end(guest.session, broken=broken)
        if broken:
            assert await enter(party, "ann", "") is NAME_TAKEN
            await advance(GRACE_SECONDS + 1)
        left = Guest()
        assert await party.hall.enter(left.session, "ann", "") is None
        party.hall.end(left.session, broken=False)


async def test_a_store_that_fails_frees_the_name_again(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise SalonError(refuse(STORAGE_FAILED))

    monkeypatch.setattr(party.store, "enter", fail)
    assert await enter(party, "ann", secret_of("ann")) is STORAGE_FAILED
    monkeypatch.undo()
    assert await enter(party, "ann", secret_of("other")) == 1


async def test_a_line_that_breaks_while_the_store_is_asked_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    party = Party(store)
    guest = Guest()
    true = store.enter

    async def slow(name: str, proof: bytes, now: int) -> object:
        party.hall.end(guest.session, broken=True)
        return await true(name, proof, now)

    monkeypatch.setattr(store, "enter", slow)
    refusal = await party.hall.enter(guest.session, "ann", secret_of("ann"))
    assert refusal is not None
    assert refusal.problem is CLOSING
    assert not len(party.hall.register)
    assert not party.hall.sessions


async def test_a_line_that_breaks_while_a_room_is_loaded_leaves_no_room(party: Party) -> None:
    guest = await party.guest("ann")
    found = party.hall.join(guest.session, "tea", None)
    party.hall.end(guest.session, broken=False)
    await found
    await rest()
    assert not party.hall.rooms
