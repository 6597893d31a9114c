"""Space for files: kept for what was announced, and given back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from salon.errors import DISK_FULL, NO_ROOM, Refusal
from salon.stores.memory_blobs import MemoryBlobs
from tests.support.shelves import ANN, BOB, DAY_MS, Shelves, disk_full

pytestmark = pytest.mark.anyio


async def small(space: int, **more: Any) -> Shelves:
    return Shelves(blobs=MemoryBlobs(space), **more)


async def test_space_is_kept_for_what_was_announced() -> None:
    shelves = await small(100)
    first = await shelves.begin("a", 60)
    assert (await shelves.refused("b", 60)).problem is NO_ROOM
    second = await shelves.begin("b", 40)
    await shelves.go_on(first, bytes(60))
    await shelves.go_on(second, b"x" * 40)
    assert await shelves.names() == ["b", "a"]
    assert (await shelves.refused("c", 1)).problem is NO_ROOM
    await shelves.close()


async def test_two_that_fit_alone_but_not_together_begin_at_the_same_time() -> None:
    """Also where the room has to be looked up first, which takes a while."""
    shelves = await small(100)
    outcomes = await asyncio.gather(
        shelves.receiving.begin(ANN, "tea", "a", 60), shelves.receiving.begin(BOB, "tea", "b", 60)
    )
    assert [one.problem for one in outcomes if isinstance(one, Refusal)] == [NO_ROOM]
    await shelves.close()


async def test_space_comes_back() -> None:
    """Where an upload is given up, where its last bytes could not be stored, and after a day of silence."""
    shelves = await small(100)
    upload = await shelves.begin("a", 90)
    await shelves.receiving.write(upload, bytes(50))
    await shelves.receiving.discard(upload)
    await shelves.receiving.discard(upload)
    upload = await shelves.begin("b", 100)
    shelves.clock.ahead += DAY_MS - 60_000
    await shelves.receiving.keep_house()
    assert upload.id in shelves.receiving.uploads
    shelves.clock.ahead += 120_000
    await shelves.receiving.keep_house()
    assert isinstance(await shelves.receiving.look_up(upload.id), Refusal)
    await shelves.send("c", bytes(100))
    await shelves.close()


async def test_an_upload_that_goes_on_is_not_given_up() -> None:
    shelves = await small(100)
    upload = await shelves.begin("a", 3)
    for piece in (b"a", b"b"):
        shelves.clock.ahead += DAY_MS - 60_000
        await shelves.receiving.write(upload, piece)
        await shelves.receiving.keep_house()
    await shelves.go_on(upload, b"c")
    assert await shelves.read("a") == b"abc"
    await shelves.close()


async def test_a_creation_that_fails_gives_its_space_back(monkeypatch: pytest.MonkeyPatch) -> None:
    shelves = await small(100)

    monkeypatch.setattr(shelves.blobs, "finish", disk_full)
    assert (await shelves.refused("empty", 0)).problem is DISK_FULL
    assert not shelves.receiving.uploads
    assert await shelves.blobs.unfinished() == []
    await shelves.close()
