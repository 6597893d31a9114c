"""Shelves: what they keep, who may look, what goes when nothing names it, and a restart on the same disk."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salon.core.commands import Say, Unshelve
from salon.core.events import Shelved, Unshelved
from salon.core.people import NOBODY, Person
from salon.core.room import RoomState
from salon.errors import BAD_FILE_NAME, NO_SUCH_FILE, UNKNOWN_ROOM, Refusal
from salon.hall.receiving import Policy
from salon.hall.shelving import Opened
from salon.hall.waiting import submit
from salon.stores.sqlite import open_store
from salon.wire.answers import FileLine
from salon.wire.dialect import document_of
from tests.support.shelves import ANN, BOB, Shelves, sha256_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shelves(anyio_backend: str) -> AsyncIterator[Shelves]:
    shelves = Shelves(policy=Policy(keep=5, keep_in={"tea": 1}))
    yield shelves
    await shelves.close()


async def test_six_files_leave_five_the_newest_first(shelves: Shelves) -> None:
    for n in range(1, 7):
        await shelves.send(f"f{n}.bin", b"%d" % n)
    assert await shelves.names() == ["f6.bin", "f5.bin", "f4.bin", "f3.bin", "f2.bin"]
    entries = await shelves.store.read("lobby", 0, 100)
    assert isinstance(entries[-1].event, Unshelved)
    room = await shelves.hall.open("lobby", RoomState())
    told = document_of(room.view, entries[-1])
    assert "f1.bin left the shelf (the 5 newest are kept)" in str(told)
    assert await shelves.read("f1.bin") is NO_SUCH_FILE
    assert await shelves.blobs.open(sha256_of(b"1")) is None
    assert await shelves.read("f2.bin") == b"2"


async def test_it_is_said_beforehand_what_leaves(shelves: Shelves) -> None:
    for n in range(5):
        await shelves.send(f"f{n}", b"x")
    assert (await shelves.begin("new", 1)).evicts == ["f0"]
    assert (await shelves.begin("f0", 1)).evicts == []
    assert [one.leaves_after for one in await listing(shelves)] == [5, 4, 3, 2, 1]


async def listing(shelves: Shelves, room: str = "") -> list[FileLine]:
    listed = await shelves.shelving.listing(ANN, room)
    assert not isinstance(listed, Refusal)
    return listed


async def test_the_same_name_again_is_newly_received(shelves: Shelves) -> None:
    for name in ("a", "b", "c", "d", "e", "a"):
        await shelves.send(name, f"{name} {name == 'a'}".encode())
    assert await shelves.names() == ["a", "e", "d", "c", "b"]
    await shelves.send("a", b"newer")
    assert await shelves.read("a") == b"newer"
    assert await shelves.blobs.open(sha256_of(b"a True")) is None


async def test_each_room_keeps_its_own(shelves: Shelves) -> None:
    for n in range(3):
        await shelves.send(f"f{n}", b"x", room="tea")
        await shelves.send(f"f{n}", b"y", room="coffee")
    assert await shelves.names("tea") == ["f2"]
    assert await shelves.names("coffee") == ["f2", "f1", "f0"]
    assert await shelves.names("TEA") == ["f2"]  # a room by another spelling is the same room
    assert await shelves.read("f2", room="tea") == b"x"


async def test_a_shelf_that_holds_more_than_it_keeps_says_that_they_leave_next(shelves: Shelves) -> None:
    """The operator keeps fewer than before: `never` would be wrong."""
    for n in range(4):
        await shelves.send(f"f{n}", b"x")
    fewer = Shelves(blobs=shelves.blobs, store=shelves.store, policy=Policy(keep=2))
    assert [one.leaves_after for one in await listing(fewer)] == [2, 1, 1, 1]
    await fewer.send("new", b"x")
    assert await fewer.names() == ["new", "f3"]


async def test_bytes_go_when_nothing_names_them(shelves: Shelves) -> None:
    await shelves.send("a", b"same")
    await shelves.send("b", b"same", room="coffee")
    await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
    assert await shelves.read("b", room="coffee") == b"same"
    await submit(shelves.hall, ANN, "coffee", "coffee", Unshelve("b"))
    assert await shelves.blobs.open(sha256_of(b"same")) is None


async def test_a_download_in_progress_completes(shelves: Shelves) -> None:
    await shelves.send("a", bytes(5000))
    opened = await shelves.shelving.open(ANN, "", "a")
    assert isinstance(opened, Opened)
    with opened.file:
        opened.file.read(10)
        await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
        assert await shelves.read("a") is NO_SUCH_FILE
        assert len(opened.file.read()) == 4990
    await shelves.shelving.fetched(opened)


async def test_a_file_is_had_by_its_hash_where_a_shelf_of_the_room_names_it(shelves: Shelves) -> None:
    await shelves.send("a", b"bytes")
    digest = sha256_of(b"bytes")
    opened = await shelves.shelving.open_blob(BOB, "", digest.upper())
    assert isinstance(opened, Opened)
    with opened.file:
        assert (opened.name, opened.file.read()) == ("a", b"bytes")
    for room, sha256, problem in [
        ("", "0" * 64, NO_SUCH_FILE),
        ("", "../../etc/passwd", NO_SUCH_FILE),
        ("nowhere", digest, UNKNOWN_ROOM),
    ]:
        refusal = await shelves.shelving.open_blob(BOB, room, sha256)
        assert isinstance(refusal, Refusal)
        assert refusal.problem is problem


async def test_downloads_are_counted_for_the_version_that_was_fetched(shelves: Shelves) -> None:
    await shelves.send("a", b"bytes")
    for _ in range(3):
        opened = await shelves.shelving.open(ANN, "", "a")
        assert isinstance(opened, Opened)
        opened.file.close()
        await shelves.shelving.fetched(opened)
    assert [one.downloads for one in await listing(shelves)] == [3]
    await shelves.send("a", b"newer")
    assert [one.downloads for one in await listing(shelves)] == [0]


async def test_what_cannot_be_asked_for(shelves: Shelves) -> None:
    assert await shelves.read("../x") is BAD_FILE_NAME
    assert await shelves.read("a", room="nowhere") is UNKNOWN_ROOM
    assert await shelves.read("a") is NO_SUCH_FILE
    assert isinstance(await shelves.shelving.listing(ANN, "nowhere"), Refusal)
    assert not shelves.hall.rooms


async def test_bytes_that_are_gone_are_noted(shelves: Shelves, caplog: pytest.LogCaptureFixture) -> None:
    await shelves.send("a", b"bytes")
    await shelves.blobs.remove(sha256_of(b"bytes"))
    with caplog.at_level(logging.ERROR, "salon"):
        assert await shelves.read("a") is NO_SUCH_FILE
    assert "The bytes of a are gone" in caplog.text


async def test_a_private_rooms_files_are_for_the_two(shelves: Shelves) -> None:
    room = await shelves.hall.open("@1:2", RoomState("@ann:bob", between=(ANN, BOB)))
    await submit(shelves.hall, ANN, room.key, "@ann:bob", Say("psst"))
    await shelves.send("secret", b"bytes", room="@ann:bob")
    assert await shelves.names("@ann:bob", BOB) == ["secret"]
    assert await shelves.read("secret", room="@ann:bob", person=BOB) == b"bytes"
    for stranger in (NOBODY, Person("carl", 3), Person("ann", 4), Person("ann", -9)):
        assert await shelves.read("secret", room="@ann:bob", person=stranger) is UNKNOWN_ROOM
        assert (await shelves.refused("x", 1, room="@ann:bob", person=stranger)).problem is UNKNOWN_ROOM
        assert isinstance(await shelves.shelving.open_blob(stranger, "@ann:bob", sha256_of(b"bytes")), Refusal)


async def test_the_list_survives_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    shelves = Shelves(tmp_path, store=store, policy=Policy(keep=5))
    for n in range(1, 7):
        await shelves.send(f"f {n} ü.bin", bytes([n]) * 1000)
    opened = await shelves.shelving.open(ANN, "", "f 4 ü.bin")
    assert isinstance(opened, Opened)
    opened.file.close()
    await shelves.shelving.fetched(opened)
    before = await listing(shelves)
    await shelves.close()

    later = Shelves(tmp_path, store=open_store(tmp_path), policy=Policy(keep=5))
    await later.shelving.start()
    assert await listing(later) == before
    for n in range(2, 7):
        assert await later.read(f"f {n} ü.bin") == bytes([n]) * 1000
    await later.send("f 7", b"x")
    assert await later.names() == ["f 7", *(f"f {n} ü.bin" for n in (6, 5, 4, 3))]
    assert await later.blobs.open(sha256_of(bytes([2]) * 1000)) is None
    entries = await later.store.read("lobby", 0, 100)
    assert sum(isinstance(entry.event, Shelved) for entry in entries) == 7
    await later.close()
