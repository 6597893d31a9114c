"""A room's files over a real port: ranges, conditions, digests, names, who may, what browsers may not do with them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.core.commands import Say, Unshelve
from salon.core.filenames import safe_name
from salon.core.room import RoomState
from salon.edges import files
from salon.errors import STORAGE_FAILED, Refusal, SalonError, refuse
from salon.hall.session import Session
from salon.hall.waiting import submit
from salon.wire.dialect import DOCUMENTS
from tests.edges.shelfside import Place, file_path, opened
from tests.support.eventually import eventually
from tests.support.shelves import ANN, BOB, sha256_of

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 40
BIG = 8_000_000


@pytest.fixture(params=["memory", "folder"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Place]:
    """In memory the bytes are read and written; from a folder the kernel copies them."""
    async with opened(tmp_path / "data" if request.param == "folder" else None) as place:
        yield place


@pytest.fixture(autouse=True)
def undisturbed(caplog: pytest.LogCaptureFixture) -> object:
    """No request, however it ends, is a mistake of the server's."""
    yield
    assert not [one for one in caplog.get_records("call") if one.levelno >= logging.ERROR]


# the whole, a part, nothing


async def test_the_whole_file(place: Place) -> None:
    path = await place.shelve("f 6 ü.bin", DATA)
    for where in (path, f"/rooms/r1/blobs/{sha256_of(DATA)}", f"/rooms/R1/blobs/{sha256_of(DATA).upper()}"):
        answer = await place.get(where)
        assert (answer.status, answer.body) == (200, DATA)
        assert answer.headers["ETag"] == f'"{sha256_of(DATA)}"'
        digest = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
        assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert "Content-Range" not in answer.headers


async def test_head_is_get_without_the_bytes(place: Place) -> None:
    path = await place.shelve("a", DATA)
    whole, head = await place.get(path), await place.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "Date"} == {
        k: v for k, v in whole.headers.items() if k != "Date"
    }
    assert (await place.ask("HEAD", path, Range="bytes=1-2")).headers["Content-Length"] == str(len(DATA))


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=10-19", 10, 20),
        ("BYTES=10-19", 10, 20),
        ("bytes=10-", 10, len(DATA)),
        ("bytes=0-", 0, len(DATA)),
        ("bytes=-10", len(DATA) - 10, len(DATA)),
        ("bytes=-999999", 0, len(DATA)),
        (f"bytes=10-{10**17}", 10, len(DATA)),
        (f"bytes={len(DATA) - 1}-", len(DATA) - 1, len(DATA)),
    ],
)
async def test_a_part(place: Place, asked: str, begin: int, end: int) -> None:
    answer = await place.get(await place.shelve("a", DATA), Range=asked)
    assert (answer.status, answer.body) == (206, DATA[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(DATA)}"
    assert answer.headers["ETag"] == f'"{sha256_of(DATA)}"'


@pytest.mark.parametrize("asked", [f"bytes={len(DATA)}-", f"bytes={10**17}-", "bytes=-0"])
async def test_a_part_that_is_not_there(place: Place, asked: str) -> None:
    answer = await place.get(await place.shelve("a", DATA), Range=asked)
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "lines=1-2", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", f"bytes={'9' * 5000}-"],
)
async def test_what_is_no_range_or_several_is_the_whole(place: Place, asked: str) -> None:
    answer = await place.get(await place.shelve("a", DATA), Range=asked)
    assert (answer.status, answer.body) == (200, DATA)


async def test_only_the_very_same_bytes_are_gone_on_with(place: Place) -> None:
    """Else a download that is resumed after the file was replaced is two files in one."""
    path = await place.shelve("a", DATA)
    tag = f'"{sha256_of(DATA)}"'
    same = await place.get(path, Range="bytes=10-19", If_Range=tag)
    assert (same.status, same.body) == (206, DATA[10:20])
    for other in ('"other"', f"W/{tag}", tag.strip('"'), "Wed, 21 Oct 2015 07:28:00 GMT", ""):
        answer = await place.get(path, Range="bytes=10-19", If_Range=other)
        assert (answer.status, answer.body) == (200, DATA)


async def test_what_one_has_already_is_not_sent_again(place: Place) -> None:
    path = await place.shelve("a", DATA)
    tag = f'"{sha256_of(DATA)}"'
    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        for method in ("GET", "HEAD"):
            answer = await place.ask(method, path, If_None_Match=header)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["ETag"] == tag
    assert (await place.get(path, If_None_Match='"other"')).body == DATA
    assert (await place.get(path, If_None_Match="nonsense")).body == DATA


async def test_an_empty_file(place: Place) -> None:
    path = await place.shelve("empty", b"")
    answer = await place.get(path)
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answer.headers["ETag"] == f'"{sha256_of(b"")}"'
    assert (await place.get(path, Range="bytes=0-")).status == 416
    assert (await place.ask("HEAD", path)).status == 200


async def test_the_connection_is_used_again_after_a_download(place: Place) -> None:
    path = await place.shelve("a", DATA)
    line = await place.line()
    for n in range(3):
        line.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes={n}-9999\r\n\r\n".encode())
        async with asyncio.timeout(10):
            head = await line.reader.readuntil(b"\r\n\r\n")
            assert b" 206 " in head.splitlines()[0]
            assert await line.reader.readexactly(10_000 - n) == DATA[n:10_000]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    data = os.urandom(500_000)
    path = await place.shelve("f 1.bin", data)
    part = tmp_path / "part"
    part.write_bytes(data[:123_456])
    process = await asyncio.create_subprocess_exec(
        "curl", "-s", "-C", "-", "-o", str(part), "-w", "%{http_code} %{size_download}", place.url + path,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert said.decode() == f"206 {500_000 - 123_456}"
    assert part.read_bytes() == data


# names


AWKWARD = [
    "a b.txt",
    "100%.txt",
    "%2e%2e",
    "a%00b",
    "ü ñ 日本 🎉",
    "a+b&c=d;e#f?g",
    'say "hello"',
    "no extension",
    ".hidden",
    "a:b.txt",
    "{braces}",
    "x" * 255,
    "é" * 127,
    "-rf",
    "*",
]


@pytest.mark.parametrize("name", AWKWARD)
async def test_an_awkward_name_comes_back_as_it_is(place: Place, name: str) -> None:
    answer = await place.get(await place.shelve(name, DATA))
    assert answer.body == DATA
    disposition = answer.headers["Content-Disposition"]
    assert disposition.partition(";")[0] in ("inline", "attachment")
    assert unquote(disposition.rpartition("filename*=UTF-8''")[2]) == name
    assert disposition.isascii()
    assert disposition.count('"') == 2
    assert (await listed(place))[0]["name"] == name


async def listed(place: Place, room: str = "r1", **headers: str) -> list[dict[str, object]]:
    answer = await place.get(f"/rooms/{quote(room, safe='')}/files", **headers)
    assert answer.status == 200
    found: list[dict[str, object]] = json.loads(answer.body)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2fx",
        "%2e%2e",
        "a%00b",
        "a%2fb",
        "a%5cb",
        "%5c%5chost%5cshare",
        "C%3a%5cx",
        "%252e%252e%252fx",
        "..%c0%afx",
        "%ff",
        "CON",
        "x" * 300,
        "%e2%80%ae",
    ],
)
async def test_a_hostile_name_is_refused(place: Place, name: str) -> None:
    await place.shelve("a", DATA)
    for where in (
        f"/rooms/r1/files/{name}",
        f"/rooms/{name}/files/a",
        f"/rooms/{name}/files",
        f"/rooms/r1/blobs/{name}",
    ):
        for method in ("GET", "HEAD"):
            answer = await place.ask(method, where)
            assert 400 <= answer.status < 500, where
    assert set(place.shelves.hall.rooms) <= {"lobby"}


@pytest.mark.parametrize("path", ["/rooms/../../etc/passwd", "/rooms/r1/files/../../../etc/passwd", "/rooms/r1/files/"])
async def test_a_hostile_path_leads_nowhere(place: Place, path: str) -> None:
    line = await place.line()
    line.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    head = (await line.end()).splitlines()[0]
    assert b" 404 " in head or b" 400 " in head


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=20), st.binary(max_size=20))
def test_every_name_that_may_be_comes_back_and_no_other(names: list[str], data: bytes) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder) / "data") as place:
                for name in names:
                    safe = safe_name(name)
                    path = file_path(name)
                    if isinstance(safe, Refusal):
                        if "\ud800" <= max(name) <= "\udfff":
                            continue  # cannot be written in a path at all
                        assert 400 <= (await place.get(path)).status < 500
                    else:
                        await place.shelve(name, data)
                        assert (await place.get(path)).body == data
                assert [one.name for one in Path(folder).iterdir()] == ["data"]

    asyncio.run(run())


# what browsers may do with them


@pytest.mark.parametrize(
    ("name", "kind", "placed"),
    [
        ("page.html", "application/octet-stream", "attachment"),
        ("page.HTML", "application/octet-stream", "attachment"),
        ("picture.svg", "image/svg+xml", "attachment"),
        ("page.xhtml", "application/octet-stream", "attachment"),
        ("script.js", "application/octet-stream", "attachment"),
        ("paper.pdf", "application/octet-stream", "attachment"),
        ("png", "application/octet-stream", "attachment"),
        ("photo.PNG", "image/png", "inline"),
        ("notes.txt", "text/plain; charset=utf-8", "inline"),
        ("film.mp4", "video/mp4", "inline"),
    ],
)
async def test_nothing_that_was_sent_can_run_as_a_page_of_ours(place: Place, name: str, kind: str, placed: str) -> None:
    path = await place.shelve(name, b"<script>alert(1)</script>")
    for answer in (await place.get(path), await place.get(path, Range="bytes=0-3"), await place.ask("HEAD", path)):
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"].startswith(f"{placed};")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


# who may


async def test_a_private_rooms_files_are_for_the_two_and_their_tickets(place: Place) -> None:
    shelves = place.shelves
    room = await shelves.hall.open("@1:2", RoomState("@ann:bob", between=(ANN, BOB)))
    await submit(shelves.hall, ANN, room.key, "@ann:bob", Say("psst"))
    await shelves.send("secret", DATA, room="@ann:bob")
    bob, carl = await ticket(place, "bob"), await ticket(place, "carl")
    path = file_path("secret", "@ann:bob")
    blob = f"/rooms/%40ann%3abob/blobs/{sha256_of(DATA)}"
    assert (await place.get(path, Authorization=f"Bearer {bob}")).body == DATA
    assert (await place.get(blob, Authorization=f"bearer {bob}")).body == DATA
    assert len(await listed(place, "@ann:bob", Authorization=f"Bearer {bob}")) == 1
    for where in (path, blob, "/rooms/%40ann%3abob/files"):
        assert (await place.get(where)).status == 404
        assert (await place.get(where, Authorization=f"Bearer {carl}")).status == 404
        for wrong in ("Bearer nonsense", f"Basic {bob}", "Bearer"):
            answer = await place.get(where, Authorization=wrong)
            assert answer.status == 401
            assert json.loads(answer.body)["code"] == "bad_ticket"


async def ticket(place: Place, name: str) -> str:
    """The ticket of somebody who is here; `bob` is the bob of the private room."""

    class Nothing:
        address = ""
        buffered = 0

        def write(self, data: bytes) -> None: ...
        def hold(self) -> None: ...
        def release(self) -> None: ...
        def abort(self) -> None: ...
        def close(self) -> None: ...

    session = Session(Nothing(), DOCUMENTS)
    assert await place.shelves.hall.enter(session, name, "") is None
    if name == "bob":
        session.person = BOB
    return place.shelves.hall.entrance.ticket_of(session)


async def test_a_page_of_another_origin_has_none(place: Place) -> None:
    path = await place.shelve("a", DATA)
    for where in (path, "/rooms/r1/files"):
        assert (await place.get(where, Origin="http://evil.example")).status == 403


async def test_what_is_not_there_is_told_in_the_words_of_people(place: Place) -> None:
    await place.shelve("a", DATA)
    answer = await place.get("/rooms/r1/files/b%20c")
    assert answer.status == 404
    expected = {"code": "no_such_file", "message": "The b c doesn't exist", "retry": False, "fields": {"name": "b c"}}
    assert json.loads(answer.body) == expected
    assert (await place.get("/rooms/nowhere/files/a")).status == 404
    assert (await place.get("/rooms/nowhere/files")).status == 404
    assert (await place.ask("POST", "/rooms/r1/files/a")).status == 405


# counting, and what happens meanwhile


async def test_downloads_are_counted_when_their_last_byte_went_out(place: Place) -> None:
    path = await place.shelve("a", DATA)

    async def count() -> object:
        return (await listed(place))[0]["downloads"]

    for headers in ({"Range": "bytes=0-99"}, {"Range": "bytes=99999-"}, {"If_None_Match": "*"}):
        await place.get(path, **headers)
    await place.ask("HEAD", path)
    assert await count() == 0
    await place.get(path)
    await eventually_count(place, 1)
    await place.get(path, Range="bytes=100-")  # the rest of one that was cut
    await eventually_count(place, 2)


async def eventually_count(place: Place, number: int) -> None:
    async with asyncio.timeout(10):
        while (await listed(place))[0]["downloads"] != number:
            pass


async def test_a_download_that_cannot_be_counted_is_one_all_the_same(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await place.shelve("a", DATA)
    asked: list[int] = []

    def fail(_room: str, seq: int) -> asyncio.Future[None]:
        asked.append(seq)
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        failed.set_exception(SalonError(refuse(STORAGE_FAILED)))
        return failed

    monkeypatch.setattr(place.shelves.store, "count_download", fail)
    assert (await place.get(path)).body == DATA
    await eventually(lambda: asked)


async def test_a_file_that_leaves_the_shelf_is_sent_to_its_end(place: Place) -> None:
    data = os.urandom(BIG)
    await place.shelves.send("a", data, room="r1")
    path = file_path("a")
    line = await place.line()
    line.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(10):
        await line.reader.readuntil(b"\r\n\r\n")
        beginning = await line.reader.readexactly(1000)
    await submit(place.shelves.hall, ANN, "r1", "r1", Unshelve("a"))
    assert (await place.get(path)).status == 404
    assert beginning + await line.end() == data


async def test_a_reader_who_goes_away_is_no_mistake(place: Place) -> None:
    await place.shelves.send("a", os.urandom(BIG), room="r1")
    path = file_path("a")
    for _ in range(3):
        line = await place.line()
        line.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        async with asyncio.timeout(10):
            await line.reader.readexactly(1000)
        line.cut()
    assert (await place.get(path, Range="bytes=0-9")).status == 206
    assert (await listed(place))[0]["downloads"] == 0


async def test_without_the_kernels_help_pieces_are_sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a line that is encrypted, or a system without sendfile."""
    data = os.urandom(3 * files._PIECE + 5)
    path = await place.shelve("a", data)

    async def none(*_: object, **__: object) -> int:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "sendfile", none)
    assert (await place.get(path)).body == data
    assert (await place.get(path, Range="bytes=5-1000000")).body == data[5:1_000_001]


# the library


async def test_the_library_stands_behind_the_shelf(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "book.txt").write_bytes(DATA)
    (library / ".hidden").write_bytes(b"secret")
    (library / "link").symlink_to(tmp_path / "library" / "book.txt")
    (library / "folder").mkdir()
    os.mkfifo(library / "pipe")
    async with opened(tmp_path / "data", library=library) as place:
        path = "/rooms/lobby/files/book.txt"
        answer = await place.get(path, Range="bytes=1-5")
        assert (answer.status, answer.body) == (206, DATA[1:6])
        assert answer.headers["ETag"] == f'"{sha256_of(DATA)}"'
        for name in (".hidden", "link", "folder", "pipe", "..%2fdata"):
            assert 400 <= (await place.get(f"/rooms/lobby/files/{name}")).status < 500
        (library / "book.txt").write_bytes(DATA[::-1])
        changed = await place.get(path, Range="bytes=1-5", If_Range=answer.headers["ETag"])
        assert (changed.status, changed.body) == (200, DATA[::-1])
        assert changed.headers["ETag"] == f'"{sha256_of(DATA[::-1])}"'
        assert [one["name"] for one in await listed(place, "lobby")] == ["book.txt"]


async def test_a_book_that_shrinks_while_it_is_sent_ends_the_connection(tmp_path: Path) -> None:
    """Whoever waits for the rest must not take the next answer for it."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "book").write_bytes(bytes(BIG))
    async with opened(library=library) as place:
        line = await place.line()
        line.send(b"GET /rooms/lobby/files/book HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        async with asyncio.timeout(10):
            await line.reader.readuntil(b"\r\n\r\n")
        os.truncate(library / "book", 1000)
        line.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        rest = await line.end()
        assert len(rest) < BIG
        assert b"HTTP/1.1" not in rest
