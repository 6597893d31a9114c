"""The contract of `hall.ports.People`."""

from __future__ import annotations

import pytest

from salon.core.people import Person
from tests.contracts.conftest import Place

pytestmark = pytest.mark.anyio

ONE, OTHER = b"1" * 32, b"2" * 32


async def test_a_name_and_a_proof_are_a_person(place: Place) -> None:
    first = await place.store.enter("ann", ONE, 1)
    store = await place.again()
    assert first.lasting
    assert await store.enter("ann", ONE, 2) == first
    assert (await store.enter("ann", OTHER, 3)).number != first.number
    assert (await store.enter("bob", ONE, 4)).number != first.number


async def test_spelling_does_not_make_another_person(place: Place) -> None:
    first = await place.store.enter("Zoë", ONE, 1)
    store = await place.again()
    assert await store.enter("zoe\u0308", ONE, 2) == Person("zoe\u0308", first.number)


async def test_nobody_of_that_name_was_here(place: Place) -> None:
    assert await place.store.find("ann") is None


@pytest.mark.parametrize("times", [(1, 2, 3), (5, 5, 5), (9, 5, 1)])
async def test_whoever_was_here_last_is_found(place: Place, times: tuple[int, int, int]) -> None:
    """Whatever the clock does meanwhile."""
    first = await place.store.enter("ann", ONE, times[0])
    second = await place.store.enter("Ann", OTHER, times[1])
    store = await place.again()
    assert await store.find("ANN") == second
    await store.enter("ann", ONE, times[2])
    store = await place.again()
    assert await store.find("ann") == first


async def test_how_far_somebody_has_read(place: Place) -> None:
    await place.store.mark_read(1, "lobby", 5)
    await place.store.mark_read(1, "tea", 2)
    await place.store.mark_read(2, "lobby", 9)
    store = await place.again()
    assert await store.positions(1) == {"lobby": 5, "tea": 2}
    assert await store.positions(3) == {}


async def test_a_position_never_goes_back(place: Place) -> None:
    for seq in (5, 3, 7, 0):
        await place.store.mark_read(1, "lobby", seq)
    store = await place.again()
    await store.mark_read(1, "lobby", 6)
    assert await store.positions(1) == {"lobby": 7}


async def test_a_visitor_takes_nobodys_place(place: Place) -> None:
    """Whoever only sends a file is known again by it, but private messages go to who was really here."""
    first = await place.store.enter("ann", ONE, 1)
    visitor = await place.store.enter("ann", OTHER, 2, visiting=True)
    assert visitor.number != first.number
    store = await place.again()
    assert await store.enter("ann", OTHER, 3, visiting=True) == visitor
    assert await store.find("ann") == first
    assert await store.enter("ann", OTHER, 4) == visitor
    assert await store.find("ann") == visitor


async def test_where_only_visitors_were_the_first_is_found(place: Place) -> None:
    first = await place.store.enter("ann", ONE, 5, visiting=True)
    await place.store.enter("ann", OTHER, 9, visiting=True)
    store = await place.again()
    assert await store.find("ann") == first
