"""The contract of `hall.ports.Counters`."""

from __future__ import annotations

import asyncio

import pytest

from tests.contracts.conftest import Place

pytestmark = pytest.mark.anyio


async def test_what_was_never_fetched_is_not_counted(place: Place) -> None:
    assert await place.store.downloads("lobby") == {}


async def test_each_download_counts_once_where_it_happened(place: Place) -> None:
    for room, seq in [("lobby", 1), ("lobby", 1), ("lobby", 7), ("tea", 1)]:
        await place.store.count_download(room, seq)
    store = await place.again()
    assert await store.downloads("lobby") == {1: 2, 7: 1}
    assert await store.downloads("tea") == {1: 1}
    await store.count_download("lobby", 7)
    assert await store.downloads("lobby") == {1: 2, 7: 2}


async def test_downloads_at_the_same_time_are_all_counted(place: Place) -> None:
    await asyncio.gather(*(place.store.count_download("lobby", 3) for _ in range(50)))
    store = await place.again()
    assert await store.downloads("lobby") == {3: 50}


async def test_what_was_counted_is_a_copy(place: Place) -> None:
    await place.store.count_download("lobby", 3)
    before = await place.store.downloads("lobby")
    await place.store.count_download("lobby", 3)
    assert before == {3: 1}
