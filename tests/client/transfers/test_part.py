"""Parts: what stands beside the place where a file will stand."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from pathlib import Path

import pytest

from salon.client.transfers import intake, part
from salon.client.transfers.part import Part, open_part
from salon.client.transfers.pump import UNDONE_BYTES, Data, Pump
from salon.core.limits import MIB
from salon.errors import NO_SPACE, SalonError
from salon.ground import locks
from tests.support.disks import mounted

pytestmark = pytest.mark.anyio

DATA = b"some bytes"
HASH = hashlib.sha256(DATA).hexdigest()


async def test_a_part_is_gone_on_with_under_the_same_hash_only(tmp_path: Path) -> None:
    first = open_part(tmp_path / "a", HASH, len(DATA))
    first.take(DATA[:4])
    await first.close()
    other = open_part(tmp_path / "a", "0" * 64, len(DATA))
    assert other.offset == 0
    await other.close()
    again = open_part(tmp_path / "a", HASH, len(DATA))
    assert again.offset == 4
    again.take(DATA[4:])
    assert await again.digest() == HASH
    assert again.place(replace=False) == tmp_path / "a"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


async def test_one_part_has_one_writer(tmp_path: Path) -> None:
    first, second = (open_part(tmp_path / "a", HASH, len(DATA)) for _ in range(2))
    first.take(DATA)
    second.take(DATA)
    assert await first.digest() == await second.digest() == HASH
    assert {first.place(replace=False).name, second.place(replace=False).name} == {"a", "a (1)"}


async def test_a_file_system_without_links_has_no_overwriting_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr("salon.client.transfers.part.os.link", no_links)
    (tmp_path / "a.txt").write_bytes(b"mine")
    one = open_part(tmp_path / "a.txt", HASH, len(DATA))
    one.take(DATA)
    await one.digest()
    assert one.place(replace=False).name == "a (1).txt"
    assert (tmp_path / "a.txt").read_bytes() == b"mine"


async def test_an_open_file_is_let_go_of_before_it_gets_its_name_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "WINDOWS", True)
    one = open_part(tmp_path / "a", HASH, len(DATA))
    one.take(DATA)
    await one.digest()
    assert one.place(replace=True) == tmp_path / "a"
    await one.close()
    assert (tmp_path / "a").exists()


async def test_a_part_that_vanishes_between_two_steps_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_lock = locks.try_lock
    vanished: list[Path] = []

    def somebody_was_faster(descriptor: int) -> bool:
        if not vanished:
            vanished.append(next(tmp_path.iterdir()))
            vanished[0].unlink()
        return try_lock(descriptor)

    monkeypatch.setattr(part, "try_lock", somebody_was_faster)
    one = open_part(tmp_path / "a", HASH, len(DATA))
    one.take(DATA)
    await one.digest()
    assert one.place(replace=False).read_bytes() == DATA


async def test_what_will_not_fit_is_refused_before_the_first_byte(tmp_path: Path) -> None:
    with pytest.raises(SalonError, match="no room for a on this machine's disk") as refusal:
        open_part(tmp_path / "a", HASH, 1 << 60)
    assert refusal.value.refusal.problem is NO_SPACE


@pytest.mark.root
async def test_a_disk_that_fills_up_meanwhile_gets_its_space_back(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", 1024) as folder:
        one = open_part(folder / "a", HASH, 900_000)
        (folder / "other").write_bytes(bytes(500_000))
        for _ in range(9):
            one.take(bytes(100_000))
        with pytest.raises(SalonError) as refusal:
            await one.digest()
        assert refusal.value.refusal.problem is NO_SPACE
        with pytest.raises(SalonError):
            await one.room()
        with pytest.raises(SalonError):
            await one.empty()
        await one.discard()
        assert [path.name for path in folder.iterdir()] == ["other"]


@pytest.mark.root
async def test_a_disk_that_fills_up_leaves_what_is_written_to_be_gone_on_with(tmp_path: Path) -> None:
    data = os.urandom(900_000)
    with mounted(tmp_path / "small", 1024) as folder:
        one = open_part(folder / "a", hashlib.sha256(data).hexdigest(), len(data))
        (folder / "other").write_bytes(bytes(500_000))
        with pytest.raises(SalonError) as refusal:
            pour(one, data, 100_000)
        assert refusal.value.refusal.problem is NO_SPACE
        assert 400_000 <= one.offset < 600_000
        (folder / "other").unlink()
        pour(one, data[one.offset :], 100_000)
        assert await one.digest() == hashlib.sha256(data).hexdigest()
        assert one.place(replace=False).read_bytes() == data


def pour(part: Part, data: bytes, size: int) -> None:
    """Bring it in pieces of this size at most, as a thread does."""
    while data:
        piece = part.piece()
        count = min(size, len(piece), len(data))
        piece[:count] = data[:count]
        part.keep(piece[:count])
        data = data[count:]


async def test_what_a_loop_and_what_a_thread_brings_come_in_their_order(tmp_path: Path) -> None:
    data = os.urandom(9 * MIB)  # more than all the memory that goes round
    one = open_part(tmp_path / "a", hashlib.sha256(data).hexdigest(), len(data))
    third = len(data) // 3
    for begin in range(0, third, 1000):
        one.take(data[begin : min(begin + 1000, third)])
    await asyncio.to_thread(pour, one, data[third : 2 * third], 1 << 30)
    await one.room()
    one.take(data[2 * third :])
    assert (one.offset, one.last) == (len(data), data[-1])
    assert await one.digest() == hashlib.sha256(data).hexdigest()
    assert one.place(replace=False).read_bytes() == data


async def test_it_is_synced_on_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    monkeypatch.setattr(intake, "_SYNC_BYTES", MIB)
    data = bytes(5 * MIB)
    one = open_part(tmp_path / "a", hashlib.sha256(data).hexdigest(), len(data))
    await asyncio.to_thread(pour, one, data, 1 << 30)
    await one.digest()
    assert len(synced) == 5
    await one.close()


async def test_an_empty_part_is_not_left_behind(tmp_path: Path) -> None:
    one = open_part(tmp_path / "a", HASH, len(DATA))
    await one.close()
    await one.close()
    assert not list(tmp_path.iterdir())


async def test_a_pump_holds_up_whoever_brings_more_than_is_done() -> None:
    done: list[Data] = []
    loop = asyncio.get_running_loop()
    gate = asyncio.Event()

    def work(data: Data) -> None:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        done.append(data)

    pump = Pump(work)
    pieces = [bytes([number]) * MIB for number in range(UNDONE_BYTES // MIB + 1)]
    for piece in pieces:
        await pump.room()
        pump.put(piece)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await pump.room()
    assert not done
    gate.set()
    await pump.room()
    await asyncio.to_thread(pump.settle)
    assert done == pieces


@pytest.mark.parametrize("held", [False, True])
def test_windows_locks_a_byte_far_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool) -> None:
    class Msvcrt:
        LK_NBLCK = 2

        def __init__(self) -> None:
            self.place = -1

        def locking(self, descriptor: int, mode: int, count: int) -> None:
            assert (mode, count) == (self.LK_NBLCK, 1)
            self.place = os.lseek(descriptor, 0, os.SEEK_CUR)
            if held:
                raise PermissionError(errno.EACCES, "locked")

    msvcrt = Msvcrt()
    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(locks, "msvcrt", msvcrt)
    with (tmp_path / "a").open("w+b") as file:
        os.lseek(file.fileno(), 7, os.SEEK_SET)
        assert locks.try_lock(file.fileno()) is not held
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 7
    assert msvcrt.place > 1 << 30
