"""The contract of `hall.ports.Blobs`, on each adapter, and on one that is closed and opened again in the middle."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import ORPHAN_SECONDS
from salon.errors import STORAGE_FAILED, SalonError
from salon.hall.ports import Blobs, Unfinished
from salon.stores.folder import FolderBlobs
from salon.stores.memory_blobs import MemoryBlobs
from tests.support.shelves import Clock, sha256_of

pytestmark = pytest.mark.anyio

NOTE = b"whatever its owner wants to know again"


class Shelf:
    """Blobs, and the moment at which another process may take them over."""

    def __init__(self, folder: Path | None, *, restarts: bool) -> None:
        self._folder = folder
        self._restarts = restarts
        self.clock = Clock()
        self.blobs = self._open()

    def _open(self) -> Blobs:
        return FolderBlobs(self._folder, self.clock) if self._folder else MemoryBlobs(clock=self.clock)

    async def again(self) -> Blobs:
        if self._restarts:
            await self.blobs.close()
            self.blobs = self._open()
        return self.blobs

    async def keep(self, data: bytes, upload: str = "u") -> str:
        """Bytes through an upload that is over."""
        await self.blobs.create(upload, NOTE)
        if data:
            await self.blobs.write(upload, data)
        sha256 = await self.blobs.finish(upload)
        await self.blobs.discard(upload)
        return sha256


@pytest.fixture(params=["memory", "folder", "folder-reopened"])
async def shelf(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Shelf]:
    folder = None if request.param == "memory" else tmp_path / "place"
    shelf = Shelf(folder, restarts=request.param == "folder-reopened")
    yield shelf
    await shelf.blobs.close()


async def read(blobs: Blobs, sha256: str) -> bytes | None:
    file = await blobs.open(sha256)
    if file is None:
        return None
    with file:
        return file.read()


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 5000])
async def test_what_was_written_is_found_under_its_hash(shelf: Shelf, data: bytes) -> None:
    await shelf.blobs.create("u", NOTE)
    half = len(data) // 2
    if data:
        assert await shelf.blobs.write("u", data[:half]) == half
        blobs = await shelf.again()
        assert await blobs.write("u", data[half:]) == len(data)
    blobs = await shelf.again()
    sha256 = await blobs.finish("u")
    assert sha256 == sha256_of(data)
    await blobs.discard("u")
    blobs = await shelf.again()
    assert await read(blobs, sha256) == data
    assert await blobs.unfinished() == []


async def test_what_is_not_there_is_none(shelf: Shelf) -> None:
    assert await read(shelf.blobs, "0" * 64) is None


async def test_an_upload_waits_for_whoever_goes_on(shelf: Shelf) -> None:
    await shelf.blobs.create("u", NOTE)
    await shelf.blobs.create("v", b"")
    await shelf.blobs.write("u", b"abc")
    shelf.clock.ahead += 5_000
    blobs = await shelf.again()
    first, second = await blobs.unfinished()
    assert (first.upload, first.note, first.offset, first.sha256) == ("u", NOTE, 3, "")
    assert (second.upload, second.note, second.offset) == ("v", b"", 0)
    assert 4.9 < first.silent < 60


async def test_a_finished_upload_is_known_until_it_is_discarded(shelf: Shelf) -> None:
    """Or else a server that dies before the entry is written loses bytes that were acknowledged."""
    await shelf.blobs.create("u", NOTE)
    await shelf.blobs.write("u", b"abc")
    sha256 = await shelf.blobs.finish("u")
    blobs = await shelf.again()
    (found,) = await blobs.unfinished()
    assert found == Unfinished("u", NOTE, 3, found.silent, sha256)
    assert await blobs.finish("u") == sha256  # said again: it is so already
    await blobs.discard("u")
    assert await blobs.unfinished() == []
    assert await read(blobs, sha256) == b"abc"


async def test_one_that_is_discarded_leaves_nothing(shelf: Shelf) -> None:
    free = shelf.blobs.free()
    await shelf.blobs.create("u", NOTE)
    await shelf.blobs.write("u", bytes(1_000_000))
    blobs = await shelf.again()
    await blobs.discard("u")
    await blobs.discard("u")
    blobs = await shelf.again()
    assert await blobs.unfinished() == []
    if isinstance(blobs, MemoryBlobs):
        assert blobs.free() == free


async def test_a_name_is_taken_once(shelf: Shelf) -> None:
    await shelf.blobs.create("u", NOTE)
    await shelf.blobs.write("u", b"abc")
    with pytest.raises(SalonError):
        await shelf.blobs.create("u", b"another")
    (found,) = await shelf.blobs.unfinished()
    assert (found.note, found.offset) == (NOTE, 3)


async def test_bytes_behind_a_cut_are_not_part_of_the_hash(shelf: Shelf) -> None:
    await shelf.blobs.create("u", NOTE)
    await shelf.blobs.write("u", b"abcdef")
    await shelf.blobs.cut("u", 2)
    blobs = await shelf.again()
    assert await blobs.write("u", b"X") == 3
    await blobs.cut("u", 3)
    assert await blobs.finish("u") == sha256_of(b"abX")


async def test_the_same_bytes_are_stored_once(shelf: Shelf) -> None:
    first = await shelf.keep(b"same", "u")
    second = await shelf.keep(b"same", "v")
    assert first == second
    blobs = await shelf.again()
    await blobs.remove(first)
    await blobs.remove(first)
    assert await read(blobs, first) is None


async def test_a_download_in_progress_is_read_to_its_end(shelf: Shelf) -> None:
    sha256 = await shelf.keep(bytes(100_000))
    file = await shelf.blobs.open(sha256)
    assert file is not None
    with file:
        assert len(file.read(10)) == 10
        await shelf.blobs.remove(sha256)
        assert file.read() == bytes(99_990)
    assert await read(shelf.blobs, sha256) is None


async def test_the_sweep_takes_what_is_old_and_unnamed(shelf: Shelf) -> None:
    named, orphan = await shelf.keep(b"named", "u"), await shelf.keep(b"orphan", "v")
    blobs = await shelf.again()
    assert await blobs.sweep({named}) == 0  # it is young: its entry may be on the way
    shelf.clock.ahead += ORPHAN_SECONDS * 1000 - 60_000
    young = await shelf.keep(b"young", "w")
    shelf.clock.ahead += 120_000
    if isinstance(blobs, FolderBlobs):
        touch(blobs, young, shelf.clock)
    assert await blobs.sweep({named}) == 1
    assert await read(blobs, orphan) is None
    assert await read(blobs, named) == b"named"
    assert await read(blobs, young) == b"young"


async def test_bytes_that_came_again_are_young_again(shelf: Shelf) -> None:
    sha256 = await shelf.keep(b"again", "u")
    if isinstance(shelf.blobs, FolderBlobs):
        os.utime(shelf.blobs.path(sha256), (0, 0))
    else:
        shelf.clock.ahead += 2 * ORPHAN_SECONDS * 1000
    await shelf.keep(b"again", "v")
    assert await shelf.blobs.sweep(()) == 0


async def test_what_is_not_known_is_refused(shelf: Shelf) -> None:
    for asked in (shelf.blobs.write("nobody", b"x"), shelf.blobs.cut("nobody", 0), shelf.blobs.finish("nobody")):
        with pytest.raises(SalonError) as refused:
            await asked
        assert refused.value.refusal.problem is STORAGE_FAILED


def touch(blobs: FolderBlobs, sha256: str, clock: Clock) -> None:
    """The system's clock does not follow the test's: give a file the time that it would have had."""
    os.utime(blobs.path(sha256), (clock() / 1000 - 60,) * 2)


PIECES = st.lists(st.one_of(st.binary(max_size=50), st.integers(0, 100)), max_size=12)


@given(PIECES)
def test_writes_and_cuts_leave_what_they_would_leave_of_bytes(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes | int]
) -> None:
    """Bytes are appended, a number is a cut; both adapters end with the same hash."""

    async def run() -> None:
        folder = FolderBlobs(tmp_path_factory.mktemp("blobs"))
        for blobs in (MemoryBlobs(), folder):
            await blobs.create("u", NOTE)
            expected = b""
            for piece in pieces:
                if isinstance(piece, int):
                    size = min(piece, len(expected))
                    expected = expected[:size]
                    await blobs.cut("u", size)
                else:
                    expected += piece
                    assert await blobs.write("u", piece) == len(expected)
            assert await blobs.finish("u") == sha256_of(expected)
            assert await read(blobs, sha256_of(expected)) == expected
        await folder.close()

    asyncio.run(run())
