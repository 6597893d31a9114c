"""tus 1.0 (https://tus.io/protocols/resumable-upload) over a real port."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from aiohttp import ClientError

from salon.core.limits import UPLOAD_EXPIRY_SECONDS
from salon.core.people import Person
from salon.hall.receiving import Policy
from salon.hall.room import Room
from salon.hall.uploads import Upload
from tests.edges.shelfside import BODY, TUS, Answer, Place, file_path, metadata, opened
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio

MAX = 3_000_000
DATA = bytes(range(256)) * 800


@pytest.fixture(params=["memory", "folder"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Place]:
    async with opened(tmp_path if request.param == "folder" else None, Policy(keep=5, max_file=MAX)) as place:
        yield place


@pytest.fixture(autouse=True)
def undisturbed(caplog: pytest.LogCaptureFixture) -> object:
    """No request, however it ends, is a mistake of the server's."""
    yield
    assert not [one for one in caplog.get_records("call") if one.levelno >= logging.ERROR]


def upload_of(place: Place, path: str) -> Upload:
    return place.shelves.receiving.uploads[path.rpartition("/")[2]]


async def shelved(place: Place, name: str, room: str = "r1") -> bytes | None:
    answer = await place.get(file_path(name, room))
    return answer.body if answer.status == 200 else None


def code_of(answer: Answer) -> str:
    return str(json.loads(answer.body)["code"])


# what is understood


async def test_what_is_understood_is_told(place: Place) -> None:
    answer = await place.ask("OPTIONS", "/uploads")
    assert answer.status == 204
    assert answer.headers["Tus-Resumable"] == answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")
    assert answer.headers["Tus-Max-Size"] == str(MAX)


async def test_no_limit_is_not_told() -> None:
    async with opened() as place:
        assert "Tus-Max-Size" not in (await place.ask("OPTIONS", "/uploads")).headers


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0", ""])
async def test_another_version_is_412_and_is_told_which(place: Place, version: str | None) -> None:
    path = await place.began("a", 3)
    headers = {} if version is None else {"Tus_Resumable": version}
    for method, where in [("POST", "/uploads"), ("HEAD", path), ("PATCH", path), ("DELETE", path), ("POST", path)]:
        more = {"X_HTTP_Method_Override": "PATCH"} if (method, where) == ("POST", path) else {}
        answer = await place.ask(method, where, None, Upload_Length="3", **headers, **more)
        assert answer.status == 412
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert upload_of(place, path).offset == 0


# an upload from its beginning to its end


async def test_a_file_in_pieces(place: Place) -> None:
    path = await place.began("f 1 ü.bin", len(DATA))
    offset = 0
    for n in range(0, len(DATA), 70_000):
        answer = await place.patch(path, offset, DATA[n : n + 70_000])
        assert answer.status == 204
        offset = answer.offset
        assert offset == min(n + 70_000, len(DATA))
        if offset < len(DATA):
            head = await place.head(path)
            assert (head.status, head.offset, head.headers["Upload-Length"]) == (200, offset, str(len(DATA)))
            assert head.headers["Cache-Control"] == "no-store"
            assert await shelved(place, "f 1 ü.bin") is None
    assert await shelved(place, "f 1 ü.bin") == DATA
    head = await place.head(path)
    assert (head.status, head.offset) == (200, len(DATA))
    assert "Upload-Expires" not in head.headers
    assert (await place.patch(path, len(DATA), b"")).status == 404  # it is over
    assert not place.shelves.receiving.uploads


async def test_the_first_bytes_may_come_with_the_creation(place: Place) -> None:
    answer = await place.create("a", len(DATA), DATA[:5])
    assert (answer.status, answer.offset) == (201, 5)
    path = answer.headers["Location"]
    assert (await place.patch(path, 5, DATA[5:])).status == 204
    assert await shelved(place, "a") == DATA
    whole = await place.create("b", len(DATA), DATA)
    assert (whole.status, whole.offset) == (201, len(DATA))
    assert await shelved(place, "b") == DATA


async def test_an_empty_file(place: Place) -> None:
    answer = await place.create("empty", 0)
    assert (answer.status, answer.offset) == (201, 0)
    assert await shelved(place, "empty") == b""
    assert (await place.head(answer.headers["Location"])).offset == 0


async def test_until_when_it_may_go_on_is_told(place: Place) -> None:
    created = await place.create("a", 3)
    path = created.headers["Location"]
    patched = await place.patch(path, 0, b"a")
    for answer in (created, patched, await place.head(path)):
        expires = parsedate_to_datetime(answer.headers["Upload-Expires"]).timestamp()
        assert abs(expires - place.shelves.clock() / 1000 - UPLOAD_EXPIRY_SECONDS) < 60


async def test_an_upload_is_given_up_when_it_is_asked_for(place: Place) -> None:
    path = await place.began("a", 3)
    await place.patch(path, 0, b"ab")
    answer = await place.ask("DELETE", path, **TUS)
    assert answer.status == 204
    for gone in (await place.head(path), await place.patch(path, 2, b"c"), await place.ask("DELETE", path, **TUS)):
        assert gone.status == 404
        assert gone.headers["Tus-Resumable"] == "1.0.0"
    assert await place.shelves.blobs.unfinished() == []


async def test_what_is_shelved_is_not_given_up_any_more(place: Place) -> None:
    path = await place.began("a", 3)
    upload = upload_of(place, path)
    async with upload.lock:
        giving_up = place.shelves.hall.tasks.start(place.ask("DELETE", path, **TUS))
        await eventually(lambda: upload.lock._waiters)
        await place.shelves.receiving.write(upload, b"abc")
        await place.shelves.receiving.complete(upload)
    assert (await giving_up).status == 404
    assert await shelved(place, "a") == b"abc"


async def test_methods_can_be_given_in_a_header(place: Place) -> None:
    path = await place.began("a", 3)
    answer = await place.ask(
        "POST", path, b"abc", **TUS, X_HTTP_Method_Override="PATCH", Upload_Offset="0", Content_Type=BODY
    )
    assert (answer.status, answer.offset) == (204, 3)
    assert (await place.ask("POST", path, **TUS, X_HTTP_Method_Override="HEAD")).offset == 3
    other = await place.began("b", 3)
    assert (await place.ask("POST", other, **TUS, X_HTTP_Method_Override="delete")).status == 204
    for override in ({}, {"X_HTTP_Method_Override": "PUT"}):
        assert (await place.ask("POST", path, **TUS, **override)).status == 405


# what is refused


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "bad_upload"),
        ({"Upload_Length": "-1"}, "bad_upload"),
        ({"Upload_Length": "1.5"}, "bad_upload"),
        ({"Upload_Length": "٣"}, "bad_upload"),
        ({"Upload_Length": "9" * 40}, "bad_upload"),
        ({"Upload_Defer_Length": "1"}, "bad_upload"),
        ({"Upload_Length": "3", "Upload_Metadata": "filename ***"}, "bad_upload"),
        ({"Upload_Length": "3", "Upload_Metadata": "filename /w=="}, "bad_upload"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(room="r1")}, "bad_file_name"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="../x")}, "bad_file_name"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a", room="a/b")}, "bad_room"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a", room="@ann:bob")}, "unknown_room"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a"), "Authorization": "Bearer x"}, "bad_ticket"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a"), "Authorization": "Basic x"}, "bad_ticket"),
        ({"Upload_Length": str(MAX + 1), "Upload_Metadata": metadata(filename="a")}, "too_large"),
        ({"Upload_Length": "9" * 15, "Upload_Metadata": metadata(filename="a")}, "too_large"),
    ],
)
async def test_what_cannot_begin(place: Place, headers: dict[str, str], code: str) -> None:
    answer = await place.ask("POST", "/uploads", **TUS, **{k: v.encode().decode("latin-1") for k, v in headers.items()})
    assert 400 <= answer.status < 500
    assert code_of(answer) == code
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert not place.shelves.receiving.uploads


async def test_too_large_is_a_sentence_for_people(place: Place) -> None:
    answer = await place.create("big", MAX + 1)
    assert answer.status == 413
    assert f"File big is too large (limit {MAX} bytes)" in answer.body.decode()


async def test_an_unknown_upload_is_404(place: Place) -> None:
    for path in ("/uploads/nobody", "/uploads/..%2f..%2fetc%2fpasswd", "/uploads/a%00b"):
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = await place.ask(method, path, **TUS, Upload_Offset="0", Content_Type=BODY)
            assert answer.status == 404


async def test_an_offset_that_is_not_where_it_stands_is_409(place: Place) -> None:
    path = await place.began("a", 6)
    await place.patch(path, 0, b"abc")
    for offset in (0, 2, 4, 6, 999):
        answer = await place.patch(path, offset, b"x")
        assert answer.status == 409
        assert answer.offset == 3
    for bad in ("", "-1", "x"):
        answer = await place.patch(path, 0, b"x", Upload_Offset=bad)
        assert (answer.status, answer.offset) == (400, 3)
    assert (await place.patch(path, 3, b"def")).status == 204
    assert await shelved(place, "a") == b"abcdef"


async def test_a_body_of_another_type_is_415(place: Place) -> None:
    path = await place.began("a", 3)
    answer = await place.patch(path, 0, b"abc", Content_Type="application/json")
    assert answer.status == 415
    headers = {**TUS, "Upload_Length": "3", "Upload_Metadata": metadata(filename="b")}
    created = await place.ask("POST", "/uploads", b"abc", **headers, Content_Type="text/plain")
    assert created.status == 415
    assert [one.note.name for one in place.shelves.receiving.uploads.values()] == ["a"]
    assert upload_of(place, path).offset == 0


async def test_a_longer_body_than_was_announced_is_refused_before_its_first_byte(place: Place) -> None:
    path = await place.began("a", 3)
    answer = await place.patch(path, 0, b"abcd")
    assert (answer.status, answer.offset) == (413, 0)
    assert code_of(answer) == "size_differs"
    endless = await place.hanging_patch(path, 0, 4, b"")
    async with asyncio.timeout(10):
        assert b" 413 " in (await endless.reader.readuntil(b"\r\n\r\n")).splitlines()[0]
    created = await place.create("b", 3, b"abcd")
    assert created.status == 413
    assert len(place.shelves.receiving.uploads) == 1


async def test_a_longer_body_that_does_not_say_how_long_it_is_ends_where_it_is_too_long(place: Place) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 100_000

    path = await place.began("a", 250_000)
    answer = await place.patch(path, 0, endless())  # type: ignore[arg-type]
    assert answer.status == 413
    assert code_of(answer) == "size_differs"
    offset = answer.offset
    assert offset <= 250_000
    assert (await place.patch(path, offset, b"x" * (250_000 - offset))).status == 204
    assert await shelved(place, "a") == b"x" * 250_000


async def test_a_creation_whose_bytes_are_refused_leaves_nothing(place: Place) -> None:
    """Nobody was told where to go on with it."""
    answer = await place.ask(
        "POST",
        "/uploads",
        b"abc",
        **TUS,
        Upload_Length="6",
        Upload_Metadata=metadata(filename="a"),
        Content_Type=BODY,
        Upload_Checksum="sha1 " + base64.b64encode(b"0" * 20).decode(),
    )
    assert answer.status == 460
    assert not place.shelves.receiving.uploads
    assert await place.shelves.blobs.unfinished() == []


async def test_a_creation_that_is_cut_leaves_nothing(place: Place) -> None:
    line = await place.line()
    line.send(
        f"POST /uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        f"Upload-Metadata: {metadata(filename='a')}\r\nUpload-Length: 6\r\nContent-Length: 6\r\n\r\nabc".encode()
    )
    await eventually(lambda: any(one.offset for one in place.shelves.receiving.uploads.values()))
    line.cut()
    await eventually(lambda: not place.shelves.receiving.uploads)
    async with asyncio.timeout(10):
        while await place.shelves.blobs.unfinished():
            pass


# checksums


def checksum(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
async def test_a_checksum_is_compared_and_what_differs_is_forgotten(place: Place, algorithm: str) -> None:
    path = await place.began("a", len(DATA))
    first = DATA[:100_000]
    assert (await place.patch(path, 0, first, Upload_Checksum=checksum(algorithm, first))).status == 204
    wrong = await place.patch(path, 100_000, DATA[100_000:], Upload_Checksum=checksum(algorithm, b"other"))
    assert (wrong.status, wrong.offset) == (460, 100_000)
    assert code_of(wrong) == "checksum_differs"
    assert (await place.head(path)).offset == 100_000
    rest = DATA[100_000:]
    assert (await place.patch(path, 100_000, rest, Upload_Checksum=checksum(algorithm, rest))).status == 204
    assert await shelved(place, "a") == DATA


@pytest.mark.parametrize("header", ["crc32 AAAA", "sha1", "sha1 ***", ""])
async def test_a_checksum_that_is_not_understood_is_400(place: Place, header: str) -> None:
    path = await place.began("a", 3)
    answer = await place.patch(path, 0, b"abc", Upload_Checksum=header)
    assert answer.status in (400, 460)
    assert upload_of(place, path).offset == 0


async def test_a_writer_who_lost_his_turn_does_not_cut_what_the_next_one_wrote(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His checksum differs, but by the time it is compared the bytes behind his beginning are another's."""
    path = await place.began("a", 6)
    upload = upload_of(place, path)
    receiving, tasks = place.shelves.receiving, place.shelves.hall.tasks
    write = receiving.write

    async def and_queue(upload: Upload, data: bytes) -> None:
        await write(upload, data)
        monkeypatch.undo()
        queued = tasks.start(upload.lock.acquire())  # before the writer comes back to compare
        await eventually(lambda: upload.lock._waiters)
        assert not queued.done()

    monkeypatch.setattr(receiving, "write", and_queue)
    line = await place.line()
    line.send(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        f"Upload-Checksum: {checksum('sha1', b'')}\r\nUpload-Offset: 0\r\nContent-Length: 3\r\n\r\nabc".encode()
    )
    await eventually(lambda: upload.offset == 3 and upload.lock.locked() and len(upload.lock._waiters or ()) == 1)
    turn = upload.turn
    next_one = tasks.start(place.patch(path, 3, b"def"))
    await eventually(lambda: upload.turn > turn)
    upload.lock.release()
    assert (await next_one).status == 204
    assert await shelved(place, "a") == b"abcdef"


# lines that break


async def test_a_patch_that_is_cut_keeps_what_came(place: Place) -> None:
    path = await place.began("a", len(DATA))
    line = await place.hanging_patch(path, 0, len(DATA), DATA[:150_000])
    await eventually(lambda: upload_of(place, path).offset == 150_000)
    line.cut()
    assert (await place.head(path)).offset == 150_000
    assert (await place.patch(path, 150_000, DATA[150_000:])).status == 204
    assert await shelved(place, "a") == DATA


async def test_a_body_that_is_no_http_keeps_what_came_before(place: Place) -> None:
    path = await place.began("a", 6)
    line = await place.line()
    line.send(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        "Upload-Offset: 0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".encode()
    )
    await eventually(lambda: upload_of(place, path).offset == 3)
    line.send(b"no number\r\n")
    assert (await place.patch(path, 3, b"def")).status == 204
    assert b" 204 " not in await line.end()
    assert await shelved(place, "a") == b"abcdef"


async def test_a_new_patch_takes_over_from_a_dead_line(place: Place) -> None:
    path = await place.began("a", len(DATA))
    dead = await place.hanging_patch(path, 0, len(DATA), DATA[:1000])
    await eventually(lambda: upload_of(place, path).offset == 1000)
    assert (await place.head(path)).offset == 1000
    assert (await place.patch(path, 1000, DATA[1000:])).status == 204
    assert await dead.end() == b""  # its connection was ended
    assert await shelved(place, "a") == DATA


async def test_a_connection_that_carries_something_else_by_now_is_left_alone(place: Place) -> None:
    """One that was kept open after a PATCH is not ended when somebody goes on with that upload."""
    first = await place.began("a", 6)
    second = await place.began("b", 6)
    line = await place.hanging_patch(first, 0, 3, b"abc")
    async with asyncio.timeout(10):
        head = await line.reader.readuntil(b"\r\n\r\n")
    assert b" 204 " in head.splitlines()[0]
    line.send(
        f"PATCH {second} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        "Upload-Offset: 0\r\nContent-Length: 6\r\n\r\nabc".encode()
    )
    await eventually(lambda: upload_of(place, second).offset == 3)
    assert (await place.patch(first, 3, b"def")).status == 204
    line.send(b"def")
    async with asyncio.timeout(10):
        head = await line.reader.readuntil(b"\r\n\r\n")
    assert b" 204 " in head.splitlines()[0]
    assert await shelved(place, "b") == b"abcdef"


async def test_many_who_write_at_once_make_no_other_file_of_it(place: Place) -> None:
    path = await place.began("a", len(DATA))

    async def insist() -> None:
        """As a client does that is told where to go on."""
        while (head := await place.head(path)).status == 200 and head.offset < len(DATA):
            try:
                await place.patch(path, head.offset, DATA[head.offset : head.offset + 50_000])
            except (OSError, ClientError):
                continue  # somebody took over

    async with asyncio.timeout(30):
        await asyncio.gather(*(insist() for _ in range(5)))
    assert await shelved(place, "a") == DATA


# who sends


async def test_whoever_sends_is_named_and_takes_nobodys_name(place: Place) -> None:
    await place.create("a", 1, b"x", name="bob")
    await place.create("b", 1, b"x", name="b:o\u202eb")
    await place.create("c", 1, b"x")
    listed = await place.shelves.shelving.listing(Person("x", -1), "r1")
    assert isinstance(listed, list)
    assert [one.by for one in listed] == ["_", "b_o_b", "bob"]


async def test_whoever_shows_a_secret_can_take_it_away_later(place: Place) -> None:
    secret = "ab" * 16
    await place.create("a", 1, b"x", name="ann", client=secret)
    await place.create("b", 1, b"x", name="ann", client="too short")
    me = await place.shelves.hall.entrance.visitor("ann", secret)
    room = await place.shelves.hall.find(me, "r1")
    assert isinstance(room, Room)
    second, first = room.state.shelf
    assert (first.name, first.person) == ("a", me.number)
    assert second.person < 0
