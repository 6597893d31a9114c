"""Bytes that are here already: who is spared to send them, and which stay while others leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from salon.core.commands import Say, Unshelve
from salon.core.people import NOBODY, Person
from salon.core.room import RoomState
from salon.errors import UNKNOWN_ROOM
from salon.hall.waiting import submit
from tests.support.shelves import ANN, BOB, Shelves, sha256_of

pytestmark = pytest.mark.anyio

CARL = Person("carl", 3)


async def private_room(shelves: Shelves, first: Person, second: Person) -> str:
    """The name of the room of these two, which has begun."""
    state = RoomState("@ann:bob", between=(first, second))
    room = await shelves.hall.open(f"@{first.number}:{second.number}", state)
    await submit(shelves.hall, first, room.key, "@ann:bob", Say("psst"))
    return "@ann:bob"


async def test_an_offered_hash_spares_the_bytes(shelves: Shelves) -> None:
    await shelves.send("a", b"bytes")
    upload = await shelves.begin("b", 5, room="tea", person=BOB, offer=sha256_of(b"bytes"))
    assert (upload.left, upload.seq, upload.offset) == (0, 1, 5)
    assert await shelves.read("b", room="tea") == b"bytes"
    assert not shelves.receiving.uploads


@pytest.mark.parametrize("offer", ["", "f" * 64, "../../etc/passwd", "x"])
async def test_a_hash_of_nothing_is_no_offer(shelves: Shelves, offer: str) -> None:
    upload = await shelves.begin("b", 5, offer=offer)
    assert upload.left == 5


async def test_a_hash_with_another_size_is_no_offer(shelves: Shelves) -> None:
    await shelves.send("a", b"bytes")
    assert (await shelves.begin("b", 6, offer=sha256_of(b"bytes"))).left == 6


async def test_whoever_may_not_read_the_file_cannot_have_it_for_its_hash(shelves: Shelves) -> None:
    room = await private_room(shelves, ANN, BOB)
    await shelves.send("secret", b"bytes", room=room)
    for stranger in (CARL, NOBODY, Person("ann", -5)):
        upload = await shelves.begin("guess", 5, person=stranger, offer=sha256_of(b"bytes"))
        assert upload.left == 5
        await shelves.receiving.discard(upload)
    assert (await shelves.begin("copy", 5, person=BOB, offer=sha256_of(b"bytes"))).left == 0
    assert await shelves.read("secret", room=room, person=BOB) == b"bytes"
    assert await shelves.read("secret", room=room, person=CARL) is UNKNOWN_ROOM


def unshelving_after(shelves: Shelves, call: Callable[..., Awaitable[Any]]) -> Callable[..., asyncio.Future[Any]]:
    """The same call, behind which "a" leaves its shelf before it is answered."""

    async def slow(*asked: str) -> Any:
        answer = await call(*asked)
        await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
        return answer

    return lambda *asked: shelves.hall.tasks.start(slow(*asked))


def unshelving_before(shelves: Shelves, call: Callable[..., Awaitable[Any]]) -> Callable[..., asyncio.Future[Any]]:
    """The same call, ahead of which "a" leaves its shelf."""

    async def slow(*asked: str) -> Any:
        await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
        return await call(*asked)

    return lambda *asked: shelves.hall.tasks.start(slow(*asked))


async def test_an_offered_file_that_leaves_meanwhile_is_not_shelved_without_its_bytes(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken off the shelf while it is found out who may read it."""
    await shelves.send("a", b"bytes")
    monkeypatch.setattr(shelves.store, "rooms", unshelving_after(shelves, shelves.store.rooms))
    upload = await shelves.begin("b", 5, offer=sha256_of(b"bytes"))
    assert upload.seq
    assert await shelves.names() == ["b"]
    assert await shelves.read("b") == b"bytes"


async def test_bytes_found_again_do_not_go_with_the_shelf_that_named_them(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is sent that is on a shelf already, and leaves that shelf before it is known which bytes were sent."""
    await shelves.send("a", b"bytes")
    monkeypatch.setattr(shelves.blobs, "finish", unshelving_after(shelves, shelves.blobs.finish))
    await shelves.send("b", b"bytes")
    assert await shelves.read("b") == b"bytes"


async def test_bytes_that_left_while_others_were_looked_at_go_afterwards(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelves.send("a", b"bytes")
    monkeypatch.setattr(shelves.blobs, "finish", unshelving_before(shelves, shelves.blobs.finish))
    await shelves.send("b", b"others")
    assert await shelves.blobs.open(sha256_of(b"bytes")) is None
    assert await shelves.read("b") == b"others"
