"""Downloads: how they are counted, what happens while they go on, and books of the library."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from salon.core.commands import Unshelve
from salon.edges import files
from salon.errors import STORAGE_FAILED, SalonError, refuse
from salon.hall.waiting import submit
from tests.edges.shelfside import DATA, Place, file_path, listed, opened
from tests.support.eventually import eventually
from tests.support.shelves import ANN, sha256_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]

BIG = 8_000_000


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
