"""Files on their way: what may begin, who writes, people who send at the same time."""

from __future__ import annotations

import asyncio

import pytest

from salon.core.limits import UPLOADS, UPLOADS_PER_PERSON
from salon.core.people import Person
from salon.errors import (
    BAD_FILE_NAME,
    BAD_ROOM,
    SIZE_DIFFERS,
    TOO_LARGE,
    TOO_MANY_UPLOADS,
    UNKNOWN_ROOM,
    UPLOADS_FULL,
    SalonError,
)
from tests.support.shelves import ANN, BOB, Shelves, sha256_of

pytestmark = pytest.mark.anyio


# what may begin


@pytest.mark.parametrize("name", ["../x", "/etc/x", "..\\x", "C:\\x", "a\0b", "CON", "", "..", "x" * 300])
async def test_a_hostile_name_changes_nothing(shelves: Shelves, name: str) -> None:
    assert (await shelves.refused(name, 3)).problem is BAD_FILE_NAME
    assert not shelves.receiving.uploads
    assert not shelves.hall.rooms


async def test_one_byte_too_many_is_refused_from_the_announced_size(shelves: Shelves) -> None:
    await shelves.send("whole", bytes(1000))
    refusal = await shelves.refused("f1.bin", 1001, room="tea")
    assert refusal.problem is TOO_LARGE
    assert refusal.message == "File f1.bin is too large (limit 1000 bytes)"
    assert await shelves.names() == ["whole"]
    assert not shelves.receiving.uploads
    assert not shelves.hall.rooms


@pytest.mark.parametrize(("room", "problem"), [("a/b", BAD_ROOM), ("@ann:bob", UNKNOWN_ROOM), ("..", BAD_ROOM)])
async def test_a_room_that_cannot_be(shelves: Shelves, room: str, problem: object) -> None:
    assert (await shelves.refused("a", 3, room=room)).problem is problem
    assert not shelves.receiving.uploads


async def test_a_room_in_which_nothing_happened_is_not_remembered(shelves: Shelves) -> None:
    """Else whoever announces files for a thousand rooms makes a thousand rooms."""
    upload = await shelves.begin("a", 3, room="tea")
    assert "tea" not in shelves.hall.rooms
    await shelves.go_on(upload, b"abc")
    assert await shelves.names("tea") == ["a"]
    assert "tea" not in shelves.hall.rooms


async def test_more_than_was_announced_is_not_taken(shelves: Shelves) -> None:
    upload = await shelves.begin("a", 3)
    await shelves.receiving.write(upload, b"ab")
    with pytest.raises(SalonError) as refused:
        await shelves.receiving.write(upload, b"cd")
    assert refused.value.refusal.problem is SIZE_DIFFERS
    await shelves.go_on(upload, b"c")
    assert await shelves.read("a") == b"abc"


async def test_an_empty_file_is_on_the_shelf_at_once(shelves: Shelves) -> None:
    upload = await shelves.begin("empty", 0)
    assert upload.seq == 1
    assert await shelves.read("empty") == b""
    assert not shelves.receiving.uploads
    assert await shelves.receiving.look_up(upload.id) is upload


# people


async def test_one_person_sends_so_many_at_once_and_the_others_are_not_held_up(shelves: Shelves) -> None:
    uploads = [await shelves.begin(f"f{n}", 3) for n in range(UPLOADS_PER_PERSON)]
    refusal = await shelves.refused("one more", 3)
    assert refusal.problem is TOO_MANY_UPLOADS
    assert str(UPLOADS_PER_PERSON) in refusal.message
    await shelves.begin("theirs", 3, person=BOB)
    await shelves.go_on(uploads[0], b"abc")
    await shelves.begin("one more", 3)


async def test_whoever_shows_no_secret_is_counted_by_name(shelves: Shelves) -> None:
    """Each of their uploads comes from somebody with a number of their own."""
    for number in range(UPLOADS_PER_PERSON):
        await shelves.begin(f"f{number}", 3, person=Person("Ann", -10 - number))
    assert (await shelves.refused("one more", 3, person=Person("ann", -7))).problem is TOO_MANY_UPLOADS
    await shelves.begin("theirs", 3, person=Person("bob", -8))
    await shelves.begin("theirs", 3, person=ANN)


async def test_all_people_together_are_bounded(shelves: Shelves) -> None:
    for number in range(UPLOADS):
        await shelves.begin("a", 1, person=Person("x", 100 + number))
    assert (await shelves.refused("a", 1, person=ANN)).problem is UPLOADS_FULL


async def test_two_of_one_name_at_once_leave_one_whole_file_of_the_two(shelves: Shelves) -> None:
    one, other = b"1" * 900, b"2" * 700
    first, second = await shelves.begin("f", len(one)), await shelves.begin("f", len(other), person=BOB)
    for n in range(0, 900, 100):
        await shelves.receiving.write(first, one[n : n + 100])
        if n < 700:
            await shelves.receiving.write(second, other[n : n + 100])
    await asyncio.gather(shelves.receiving.complete(first), shelves.receiving.complete(second))
    assert await shelves.names() == ["f"]
    kept = await shelves.read("f")
    assert kept in (one, other)
    lost = one if kept == other else other
    assert await shelves.blobs.open(sha256_of(lost)) is None


# who writes


async def test_a_new_writer_ends_the_old_ones_connection_once(shelves: Shelves) -> None:
    upload = await shelves.begin("a", 3)
    ended: list[str] = []
    turns = [(lambda name=name: ended.append(name)) for name in ("first", "second", "third")]
    first = shelves.receiving.take_turn(upload, turns[0])
    assert shelves.receiving.take_turn(upload, turns[1]) > first
    assert ended == ["first"]
    shelves.receiving.end_turn(upload, turns[0])  # it was not its turn any more
    shelves.receiving.take_turn(upload, turns[2])
    assert ended == ["first", "second"]
    shelves.receiving.end_turn(upload, turns[2])
    shelves.receiving.take_turn(upload, turns[0])
    assert ended == ["first", "second"]  # the third was over, and its connection may carry something else by now
