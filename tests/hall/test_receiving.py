"""Files on their way: who may send what, space, people who send at the same time, what the room is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from salon.core.commands import Say, Unshelve
from salon.core.events import Shelved
from salon.core.limits import UPLOADS, UPLOADS_PER_PERSON
from salon.core.people import NOBODY, Person
from salon.core.room import RoomState
from salon.errors import (
    BAD_FILE_NAME,
    BAD_ROOM,
    DISK_FULL,
    NO_ROOM,
    NO_SUCH_FILE,
    SIZE_DIFFERS,
    TOO_LARGE,
    TOO_MANY_UPLOADS,
    UNKNOWN_ROOM,
    UNKNOWN_UPLOAD,
    UPLOADS_FULL,
    Refusal,
    SalonError,
    refuse,
)
from salon.hall.following import Follower
from salon.hall.ports import Failed
from salon.hall.receiving import Policy
from salon.hall.session import Session
from salon.hall.uploads import Upload
from salon.hall.waiting import submit
from salon.stores.memory import MemoryStore
from salon.stores.memory_blobs import MemoryBlobs
from salon.wire.dialect import DOCUMENTS
from tests.support.shelves import ANN, BOB, DAY_MS, Shelves, sha256_of

pytestmark = pytest.mark.anyio

CARL = Person("carl", 3)


@pytest.fixture
async def shelves(anyio_backend: str) -> AsyncIterator[Shelves]:
    shelves = Shelves(policy=Policy(max_file=1000))
    yield shelves
    await shelves.close()


async def small(space: int, **more: Any) -> Shelves:
    return Shelves(blobs=MemoryBlobs(space), **more)


async def private_room(shelves: Shelves, first: Person, second: Person) -> str:
    """The name of the room of these two, which has begun."""
    state = RoomState("@ann:bob", between=(first, second))
    room = await shelves.hall.open(f"@{first.number}:{second.number}", state)
    await submit(shelves.hall, first, room.key, "@ann:bob", Say("psst"))
    return "@ann:bob"


async def events(shelves: Shelves, room: str = "lobby") -> list[Any]:
    return [entry.event for entry in await shelves.store.read(room, 0, 1000)]


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


# space


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

    def full(_upload: str) -> asyncio.Future[str]:
        failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        failed.set_exception(SalonError(refuse(DISK_FULL)))
        return failed

    monkeypatch.setattr(shelves.blobs, "finish", full)
    assert (await shelves.refused("empty", 0)).problem is DISK_FULL
    assert not shelves.receiving.uploads
    assert await shelves.blobs.unfinished() == []
    await shelves.close()


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


# bytes that are here already


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


async def test_an_offered_file_that_leaves_meanwhile_is_not_shelved_without_its_bytes(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken off the shelf while it is found out who may read it."""
    await shelves.send("a", b"bytes")
    ask = shelves.store.rooms

    def slow() -> asyncio.Future[Any]:
        async def later() -> Any:
            rooms = await ask()
            await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
            return rooms

        return shelves.hall.tasks.start(later())

    monkeypatch.setattr(shelves.store, "rooms", slow)
    upload = await shelves.begin("b", 5, offer=sha256_of(b"bytes"))
    assert upload.seq
    assert await shelves.names() == ["b"]
    assert await shelves.read("b") == b"bytes"


async def test_bytes_found_again_do_not_go_with_the_shelf_that_named_them(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is sent that is on a shelf already, and leaves that shelf before it is known which bytes were sent."""
    await shelves.send("a", b"bytes")
    finish = shelves.blobs.finish

    def slow(upload: str) -> asyncio.Future[str]:
        async def later() -> str:
            sha256 = await finish(upload)
            await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
            return sha256

        return shelves.hall.tasks.start(later())

    monkeypatch.setattr(shelves.blobs, "finish", slow)
    await shelves.send("b", b"bytes")
    assert await shelves.read("b") == b"bytes"


async def test_bytes_that_left_while_others_were_looked_at_go_afterwards(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelves.send("a", b"bytes")
    finish = shelves.blobs.finish

    def slow(upload: str) -> asyncio.Future[str]:
        async def later() -> str:
            await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
            return await finish(upload)

        return shelves.hall.tasks.start(later())

    monkeypatch.setattr(shelves.blobs, "finish", slow)
    await shelves.send("b", b"others")
    assert await shelves.blobs.open(sha256_of(b"bytes")) is None
    assert await shelves.read("b") == b"others"


# what does not come to its end at once


class Unwilling(MemoryStore):
    """A log that can be told to take no more."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False

    def append(self, *asked: Any) -> asyncio.Future[Any]:
        if not self.full:
            return super().append(*asked)
        failed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        failed.set_result(Failed(refuse(DISK_FULL)))
        return failed


async def test_a_file_that_the_log_cannot_take_yet_is_shelved_later() -> None:
    store = Unwilling()
    shelves = Shelves(store=store)
    await shelves.send("old", b"bytes")
    upload = await shelves.begin("new", 5)
    store.full = True
    await shelves.receiving.write(upload, b"bytes")
    outcome = await shelves.receiving.complete(upload)
    assert isinstance(outcome, Refusal)
    assert outcome.problem is DISK_FULL
    looked = await shelves.receiving.look_up(upload.id)
    assert isinstance(looked, Refusal)
    store.full = False
    await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("old"))  # the last shelf that named the bytes
    await shelves.receiving.keep_house()
    assert await shelves.receiving.look_up(upload.id) is upload
    assert await shelves.read("new") == b"bytes"
    assert sum(isinstance(event, Shelved) for event in await events(shelves)) == 2
    await shelves.close()


async def test_a_file_that_cannot_be_stored_yet_is_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks is told why; also a server that starts meanwhile keeps it."""
    shelves = Shelves()
    upload = await shelves.begin("a", 5)
    await shelves.receiving.write(upload, b"bytes")

    def full(_upload: str) -> asyncio.Future[str]:
        failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        failed.set_exception(SalonError(refuse(DISK_FULL)))
        return failed

    with monkeypatch.context() as patch:
        patch.setattr(shelves.blobs, "finish", full)
        assert (await refusal_of(shelves, upload.id)).problem is DISK_FULL
        later = Shelves(blobs=shelves.blobs, store=shelves.store)
        await later.shelving.start()
        assert await later.names() == []
    assert not isinstance(await later.receiving.look_up(upload.id), Refusal)
    assert await later.read("a") == b"bytes"


async def test_bytes_that_were_never_shelved_go_with_their_upload() -> None:
    store = Unwilling()
    shelves = Shelves(store=store)
    upload = await shelves.begin("new", 5)
    await shelves.receiving.write(upload, b"bytes")
    store.full = True
    await shelves.receiving.complete(upload)
    await shelves.receiving.discard(upload)
    assert await shelves.blobs.open(sha256_of(b"bytes")) is None
    await shelves.close()


async def test_an_upload_refused_for_good_is_over() -> None:
    """Its id was used for something else: nothing will make that good."""
    shelves = Shelves()
    upload = await shelves.begin("a", 5)
    await submit(shelves.hall, ANN, "lobby", "lobby", Say("first", id=f"upload {upload.id}"))
    await shelves.receiving.write(upload, b"bytes")
    assert isinstance(await shelves.receiving.complete(upload), Refusal)
    assert (await refusal_of(shelves, upload.id)).problem is UNKNOWN_UPLOAD
    assert await shelves.blobs.open(sha256_of(b"bytes")) is None
    assert await shelves.read("a") is NO_SUCH_FILE
    await shelves.close()


async def refusal_of(shelves: Shelves, upload_id: str) -> Refusal:
    looked = await shelves.receiving.look_up(upload_id)
    assert isinstance(looked, Refusal)
    return looked


async def test_only_the_newest_that_are_over_are_remembered(shelves: Shelves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salon.hall.receiving._FINISHED", 2)
    first, second, third = [await shelves.send(f"f{n}", b"x") for n in range(3)]
    assert (await refusal_of(shelves, first.id)).problem is UNKNOWN_UPLOAD
    assert await shelves.receiving.look_up(second.id) is second
    assert await shelves.receiving.look_up(third.id) is third


# what another server left


async def test_another_server_goes_on_with_what_was_left() -> None:
    shelves = Shelves()
    half, whole = await shelves.begin("half", 6), await shelves.begin("whole", 3)
    await shelves.receiving.write(half, b"abc")
    await shelves.blobs.write(whole.id, b"xyz")  # all is there, and the server ends
    later = Shelves(blobs=shelves.blobs, store=shelves.store)
    await later.shelving.start()
    assert await later.names() == ["whole"]
    found = later.receiving.upload(half.id)
    assert not isinstance(found, Refusal)
    assert (found.offset, found.left, found.note) == (3, 3, half.note)
    await later.go_on(found, b"def")
    assert await later.read("half") == b"abcdef"


async def test_a_disk_that_is_full_does_not_keep_a_server_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Unwilling()
    shelves = Shelves(store=store)
    upload = await shelves.begin("a", 3)
    await shelves.blobs.write(upload.id, b"abc")
    store.full = True
    later = Shelves(blobs=shelves.blobs, store=store)
    await later.shelving.start()
    assert await later.names() == []
    store.full = False
    await later.receiving.keep_house()
    assert await later.read("a") == b"abc"


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff"])
async def test_what_nobody_can_read_is_given_up(shelves: Shelves, note: bytes) -> None:
    await shelves.blobs.create("u", note)
    await shelves.shelving.start()
    assert await shelves.blobs.unfinished() == []


async def test_more_than_was_announced_is_given_up(shelves: Shelves) -> None:
    upload = await shelves.begin("a", 3)
    await shelves.blobs.write(upload.id, b"abcdef")
    later = Shelves(blobs=shelves.blobs, store=shelves.store)
    await later.shelving.start()
    assert await shelves.blobs.unfinished() == []
    assert await later.names() == []


async def test_a_file_that_is_shelved_already_is_not_shelved_again() -> None:
    """The server died before it could forget the upload; meanwhile the operator keeps another number of files."""
    shelves = Shelves()
    upload = await shelves.begin("a", 3)
    note = upload.encoded_note()
    await shelves.go_on(upload, b"abc")
    await shelves.send("b", b"xyz")
    await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
    await shelves.blobs.create(upload.id, note)
    await shelves.blobs.write(upload.id, b"abc")
    before = await events(shelves)
    later = Shelves(blobs=shelves.blobs, store=shelves.store, policy=Policy(keep=7))
    await later.shelving.start()
    assert await events(later) == before
    assert await later.names() == ["b"]
    assert not later.receiving.uploads
    assert await later.blobs.open(sha256_of(b"abc")) is None
    assert isinstance(await later.receiving.look_up(upload.id), type(upload))


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


# what the room is told


class Line:
    """A connection that keeps what is written to it."""

    address = ""
    buffered = 0

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.heard += [msgspec.json.decode(line) for line in data.splitlines()]

    def hold(self) -> None: ...
    def release(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [d["payload"] for d in self.heard if d["payload"].get("kind") == kind]


async def listening(shelves: Shelves, room: str = "lobby") -> tuple[Line, Session]:
    line = Line()
    session = Session(line, DOCUMENTS)
    assert await shelves.hall.enter(session, f"guest {id(line)}", "") is None
    assert isinstance(await shelves.hall.join(session, room, None), Follower)
    return line, session


async def test_a_room_is_told_how_far_a_file_is_at_most_twice_a_second() -> None:
    shelves = Shelves()
    line, session = await listening(shelves)
    busy_line, busy = await listening(shelves)
    elsewhere, _ = await listening(shelves, "tea")
    busy.park()
    shelves.clock.ahead += 1_000_000
    upload = await shelves.begin("a", 1000)
    for _ in range(400):
        await shelves.receiving.write(upload, b"x")
    shelves.clock.ahead += 500
    await shelves.receiving.write(upload, b"x")
    await shelves.receiving.discard(upload)
    await asyncio.sleep(0)
    told = line.told("upload")
    assert 2 <= len(told) <= 3  # the true clock goes on too
    assert told[0].get("offset", 0) == 0
    assert told[-1] | {"sender": "ann", "name": "a", "size": 1000, "offset": 401, "room": "lobby"} == told[-1]
    assert len(line.told("upload_gone")) == 1
    assert not busy_line.told("upload")
    assert not elsewhere.told("upload")
    session.park()
    busy.unpark()
    assert not busy_line.told("upload")
    await shelves.close()


async def test_nothing_is_on_its_way_where_the_bytes_were_there() -> None:
    shelves = Shelves()
    await shelves.send("a", b"bytes")
    line, _ = await listening(shelves)
    assert (await shelves.begin("b", 5, offer=sha256_of(b"bytes"))).left == 0
    assert len(line.told("shelved")) == 1
    assert not line.told("upload")
    await shelves.close()


async def test_what_cannot_be_gone_on_with_is_given_up_by_the_next_server(tmp_path: Path) -> None:
    begun = Shelves(tmp_path)
    half, whole = [await begun.receiving.begin(ANN, "", name, 4, once=True) for name in ("half", "whole")]
    assert isinstance(half, Upload)
    assert isinstance(whole, Upload)
    await begun.receiving.write(half, b"ab")
    await begun.receiving.write(whole, b"abcd")
    await begun.close()
    after = Shelves(tmp_path)
    await after.shelving.start()
    assert after.receiving.uploads == {}
    assert await after.names() == ["whole"]
    assert await after.blobs.unfinished() == []
    await after.close()
