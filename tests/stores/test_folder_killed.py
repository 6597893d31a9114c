"""Blobs in a folder whose server dies between any two steps."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from salon.core.events import Shelved
from salon.ground.tasks import Tasks
from salon.hall.ports import Blobs
from salon.stores import folder
from salon.stores.folder import FolderBlobs
from salon.stores.memory import MemoryStore
from tests.support.disks import files
from tests.support.shelves import ANN, DAY_MS, Shelves, sha256_of

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 20


class Killed(BaseException):
    """What a process notices of SIGKILL: nothing; and nothing that follows is done."""


class Executioner:
    """Kills before step `at` of everything that is done to the disk, and around the log's append."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.steps: list[str] = []

    def step(self, name: str) -> None:
        if not self.left:
            raise Killed
        self.left -= 1
        self.steps.append(name)

    def before(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*asked: Any, **more: Any) -> Any:
            self.step(name)
            return function(*asked, **more)

        return stepped


class Mortal(MemoryStore):
    """A log on a disk that survives, whoever writes to it. Where its server dies, it never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.executioner = Executioner(10_000)
        self.died = asyncio.Event()

    def append(self, *asked: Any) -> asyncio.Future[Any]:
        try:
            self.executioner.step("append")
            answer = super().append(*asked)
            self.executioner.step("answer")
        except Killed:
            self.died.set()
            return asyncio.get_running_loop().create_future()
        return answer


async def live(shelves: Shelves, store: Mortal) -> int:
    """One upload from its beginning to its end, or the server's; how many bytes were acknowledged."""
    acknowledged = 0

    async def send() -> None:
        nonlocal acknowledged
        with suppress(Killed):
            upload = await shelves.begin("f", len(DATA))
            for piece in (DATA[:1000], DATA[1000:]):
                async with upload.lock:
                    await shelves.receiving.write(upload, piece)
                    acknowledged = upload.offset
                    if not upload.left:
                        await shelves.receiving.complete(upload)

    tasks = Tasks()
    ways = [tasks.start(send()), tasks.start(store.died.wait())]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    await tasks.close()
    return acknowledged


@pytest.mark.parametrize("twice", [False, True], ids=["new bytes", "bytes that are here already"])
async def test_a_server_that_dies_between_any_two_steps_loses_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, twice: bool
) -> None:
    for at in range(100):
        place, store = tmp_path / f"{at}", Mortal()
        first = Shelves(place, store=store)
        if twice:
            await first.send("before", DATA)
        executioner = store.executioner = Executioner(at)
        with monkeypatch.context() as patch:
            for name in ("write_bytes", "write_text", "mkdir", "replace", "unlink", "chmod", "hardlink_to"):
                patch.setattr(Path, name, executioner.before(name, getattr(Path, name)))
            for name in ("sync", "sync_folder", "write_all", "open_private"):
                patch.setattr(folder, name, executioner.before(name, getattr(folder, name)))
            patch.setattr(os, "utime", executioner.before("utime", os.utime))
            acknowledged = await live(first, store)
        await _end(first.blobs)
        store.executioner = Executioner(10_000)
        await _look_after_the_crash(place, store, acknowledged, executioner, twice)
        if executioner.left:
            assert {"append", "answer", "utime", "write_text", "sync"} <= set(executioner.steps)
            return
    pytest.fail("it never came to its end")


async def _look_after_the_crash(
    place: Path, store: Mortal, acknowledged: int, executioner: Executioner, twice: bool
) -> None:
    where = f"after {executioner.steps}"
    later = Shelves(place, store=store)
    await later.shelving.start()
    shelved = [one.event for one in await store.read("lobby", 0, 99) if isinstance(one.event, Shelved)]
    mine = [event for event in shelved if event.name == "f"]
    waiting = list(later.receiving.uploads.values())
    if acknowledged == len(DATA):
        assert len(mine) == 1, where
        assert not waiting, where
    elif waiting:
        assert waiting[0].offset >= acknowledged, where
        await later.go_on(waiting[0], DATA[waiting[0].offset :])
    else:
        assert not acknowledged, where
        await later.send("f", DATA)
    assert await later.read("f") == DATA, where
    assert sorted(await later.names()) == (["before", "f"] if twice else ["f"])
    digest = sha256_of(DATA)
    assert (place / "lobby" / "f").read_bytes() == DATA, where
    assert files(place / ".salon") == [f"blobs/{digest[:2]}/{digest}"], where
    again = Shelves(place, store=store)
    await again.shelving.start()
    assert sum(isinstance(one.event, Shelved) for one in await store.read("lobby", 0, 99)) == 1 + twice, where
    await again.blobs.close()
    await later.blobs.close()


async def _end(blobs: Blobs) -> None:
    """The process is gone, and with it what it had open."""
    assert isinstance(blobs, FolderBlobs)
    for incoming in blobs._incoming.values():
        incoming.file.close()
    blobs._incoming.clear()
    await blobs.close()


async def test_bytes_that_a_dead_server_left_unnamed_are_swept_after_an_hour(tmp_path: Path) -> None:
    store = MemoryStore()
    shelves = Shelves(tmp_path, store=store)
    await shelves.send("kept", b"kept")
    await shelves.blobs.create("gone", b"")
    await shelves.blobs.write("gone", b"orphan")
    orphan = await shelves.blobs.finish("gone")
    await shelves.blobs.discard("gone")
    await shelves.receiving.keep_house()
    assert await _has(shelves.blobs, orphan)  # its entry may be on its way
    waiting = await shelves.begin("waiting", 7)
    await shelves.receiving.write(waiting, b"waiting")
    waiting.whole = await shelves.receiving.named.finish(waiting.id)
    shelves.clock.ahead += DAY_MS // 2
    await shelves.receiving.blobs.sweep(shelves.receiving.named.all)
    assert not await _has(shelves.blobs, orphan)
    assert await shelves.read("kept") == b"kept"
    async with waiting.lock:
        await shelves.receiving.complete(waiting)
    assert await shelves.read("waiting") == b"waiting"
    assert (await shelves.begin("next", 3, person=ANN)).left == 3
    await shelves.close()


async def _has(blobs: Blobs, sha256: str) -> bool:
    file = await blobs.open(sha256)
    if file is not None:
        file.close()
    return file is not None
