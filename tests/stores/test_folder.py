"""Blobs in a folder: what lies where, and disks that fail."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from salon.core.limits import GIB
from salon.errors import DISK_FULL, STORAGE_FAILED, SalonError
from salon.stores import disk, folder
from salon.stores.folder import SYNC_BYTES, FolderBlobs
from tests.support.disks import files, fill
from tests.support.shelves import sha256_of

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 20


async def stored(blobs: FolderBlobs, data: bytes, upload: str = "u") -> Path:
    await blobs.create(upload, b"")
    await blobs.write(upload, data)
    sha256 = await blobs.finish(upload)
    await blobs.discard(upload)
    return blobs.path(sha256)


# what lies where


async def test_only_the_owner_may_look_and_nobody_may_change(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "deep" / "down")
    path = await stored(blobs, DATA)
    digest = sha256_of(DATA)
    assert files(tmp_path) == [f"deep/down/blobs/{digest[:2]}/{digest}"]
    assert path.stat().st_mode & 0o777 == 0o400
    for one in (tmp_path / "deep" / "down", path.parent, path.parent.parent):
        assert one.stat().st_mode & 0o777 == 0o700
    await blobs.close()


async def test_bytes_are_synced_while_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sync at the end would hold up the log for as long as the disk takes to write everything."""
    synced: list[int] = []
    monkeypatch.setattr(folder, "sync", lambda file: synced.append(file.tell()))
    blobs = FolderBlobs(tmp_path)
    await blobs.create("u", b"")
    piece = bytes(SYNC_BYTES // 4)
    for _ in range(9):
        await blobs.write("u", piece)
    await blobs.finish("u")
    assert synced == [SYNC_BYTES, 2 * SYNC_BYTES, 2 * SYNC_BYTES + len(piece)]
    await blobs.close()


async def test_the_reserve_is_the_smaller_of_a_gib_and_a_twentieth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    for total, free, reserve in [(10_000, 1_000, 500), (100 * GIB, 3 * GIB, GIB)]:
        monkeypatch.setattr("salon.stores.folder.shutil.disk_usage", lambda _path, t=total, f=free: _Usage(t, t - f, f))
        assert blobs.free() == free - reserve
    await blobs.close()


class _Usage:
    def __init__(self, total: int, used: int, free: int) -> None:
        self.total, self.used, self.free = total, used, free


async def test_an_upload_does_not_touch_the_reserve_that_somebody_else_took_the_rest_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    await blobs.create("u", b"")
    await blobs.write("u", b"abc")
    monkeypatch.setattr(blobs, "free", lambda: 2)
    with pytest.raises(SalonError) as refused:
        await blobs.write("u", b"def")
    assert refused.value.refusal.problem is DISK_FULL
    monkeypatch.undo()
    assert await blobs.write("u", b"def") == 6
    assert await blobs.finish("u") == sha256_of(b"abcdef")
    await blobs.close()


async def test_strays_of_an_upload_are_cleared_away(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    for name in ("no-note", "no-note.sha256", "other.note"):
        (tmp_path / "uploads" / name).write_bytes(b"x")
    assert await blobs.unfinished() == []
    assert files(tmp_path) == []
    await blobs.close()


async def test_what_somebody_else_put_there_stays_and_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "uploads").mkdir()
    for name in ("blobs/ab", "blobs/.DS_Store", "blobs/lost+found/x", "blobs/cd/not a hash", "uploads/folder/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (0, 0))
    before = files(tmp_path)
    blobs = FolderBlobs(tmp_path)
    assert await blobs.unfinished() == []
    assert await blobs.sweep(()) == 0
    assert files(tmp_path) == before
    assert blobs.inodes() == set()
    await blobs.close()


async def test_a_hash_without_its_blob_is_no_upload(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    (tmp_path / "uploads" / "u.note").write_bytes(b"x")
    (tmp_path / "uploads" / "u.sha256").write_text(sha256_of(b"nothing"))
    assert await blobs.unfinished() == []
    assert files(tmp_path) == []
    await blobs.close()


# disks that fail


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, where: Any, what: str, number: int = errno.ENOSPC) -> Iterator[None]:
    """Let a function of the system fail."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(where, what, fail)
        yield


async def test_a_write_that_fails_half_way_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)
    await blobs.create("u", b"")
    await blobs.write("u", b"abc")

    def half(file: Any, data: bytes) -> None:
        file.write(data[:2])
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_all", half)
        with pytest.raises(SalonError) as refused:
            await blobs.write("u", b"def")
    assert refused.value.refusal.problem is DISK_FULL
    assert (tmp_path / "uploads" / "u").read_bytes() == b"abc"
    assert await blobs.write("u", b"xyz") == 6
    assert await blobs.finish("u") == sha256_of(b"abcxyz")
    await blobs.close()


async def test_what_the_system_writes_in_parts_is_written_whole(tmp_path: Path) -> None:
    class Slow:
        def __init__(self) -> None:
            self.taken = b""

        def write(self, data: memoryview) -> int:
            self.taken += bytes(data[:3])
            return min(3, len(data))

    file = Slow()
    disk.write_all(file, b"0123456789")  # type: ignore[arg-type]
    assert file.taken == b"0123456789"


@pytest.mark.parametrize(
    ("where", "what"), [(folder, "sync"), (Path, "write_text"), (Path, "replace"), (Path, "mkdir")]
)
async def test_a_finish_that_failed_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
) -> None:
    blobs = FolderBlobs(tmp_path)
    await blobs.create("u", b"note")
    await blobs.write("u", DATA)
    with failing(monkeypatch, where, what):
        for _ in range(2):
            with pytest.raises(SalonError) as refused:
                await blobs.finish("u")
            assert refused.value.refusal.problem is DISK_FULL
    sha256 = await blobs.finish("u")
    assert blobs.path(sha256).read_bytes() == DATA
    await blobs.close()


async def test_a_creation_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)
    with failing(monkeypatch, Path, "write_bytes", errno.EIO), pytest.raises(SalonError) as refused:
        await blobs.create("u", b"note")
    assert refused.value.refusal.problem is STORAGE_FAILED
    assert files(tmp_path) == []
    await blobs.create("u", b"note")
    await blobs.close()


async def test_windows_removes_no_read_only_file_before_it_is_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    path = await stored(blobs, DATA)
    unlink = Path.unlink

    def like_windows(self: Path, missing_ok: bool = False) -> None:
        if not self.stat().st_mode & 0o200:
            raise PermissionError(errno.EACCES, "read-only")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", like_windows)
    await blobs.remove(path.name)
    assert not path.exists()
    await blobs.close()


async def test_windows_removes_a_file_that_is_being_read_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FolderBlobs(tmp_path)
    path = await stored(blobs, DATA)
    with failing(monkeypatch, Path, "unlink", errno.EACCES):
        await blobs.remove(path.name)
    assert path.exists()
    os.utime(path, (0, 0))
    assert await blobs.sweep(()) == 1
    assert not path.exists()
    await blobs.close()


async def test_a_folder_that_cannot_be_synced_is_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows opens no folders."""
    blobs = FolderBlobs(tmp_path)
    with failing(monkeypatch, os, "fsync", errno.EACCES):
        path = await stored(blobs, DATA)
    assert path.read_bytes() == DATA
    await blobs.close()


async def test_closing_keeps_what_has_come_also_where_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    await blobs.create("u", b"")
    await blobs.write("u", b"abc")
    with failing(monkeypatch, folder, "sync"):
        await blobs.close()
    later = FolderBlobs(tmp_path)
    assert [one.offset for one in await later.unfinished()] == [3]
    await later.close()


@pytest.mark.root
async def test_a_real_disk_that_is_full(small_disk: Path) -> None:
    blobs = FolderBlobs(small_disk / "place")
    await blobs.create("u", b"note")
    await blobs.write("u", DATA)
    ballast = fill(small_disk)
    for asked in (blobs.write("u", DATA), blobs.create("v", b"note" * 5000)):
        with pytest.raises(SalonError) as refused:
            await asked
        assert refused.value.refusal.problem is DISK_FULL
    ballast.unlink()
    assert await blobs.write("u", DATA) == 2 * len(DATA)
    assert await blobs.finish("u") == sha256_of(2 * DATA)
    await blobs.close()
