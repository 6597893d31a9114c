"""`salon send` and `salon get` are killed, the server is killed, and nothing begins from zero again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.commands import MEGABYTES, MEMORY, SECONDS, Person
from tests.support.eventually import eventually
from tests.support.filing import Spy
from tests.support.proxies import proxy
from tests.support.servers import Program, program

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Program]:
    async with program(tmp_path / "server", "--keep", "3", "--max-file", "50MB") as server:
        yield server


@pytest.fixture
def ann(tmp_path: Path, server: Program) -> Person:
    return Person(tmp_path / "ann", server.port)


async def until_begun(process: asyncio.subprocess.Process, spy: Spy, patches: int) -> None:
    """Wait until so many PATCHes have begun, and some megabytes of the last have come."""

    def begun() -> bool:
        assert process.returncode is None
        return len(spy.patches) >= patches and spy.of_last > 4 * MEGABYTES

    await eventually(begun, SECONDS)


async def test_client_and_server_are_killed_and_the_upload_goes_on(
    ann: Person, server: Program, tmp_path: Path
) -> None:
    """Promise: never again from zero. At every start the first PATCH begins where the server stands."""
    data = random.Random(1).randbytes(40 * MEGABYTES)
    (ann.folder / "big").write_bytes(data)
    spy = Spy()
    async with proxy(server.port, lambda: None, spy.heard, spy.said) as line:
        ann.port = line.port
        for number in range(1, 4):
            process = await ann.start("send", "--name", "ann", "big")
            await until_begun(process, spy, number)
            if number == 2:
                await server.kill()
            process.kill()
            await process.communicate()
            if number == 2:
                await server.start()
        assert (await ann.send("big")).status == 0
        assert spy.nothing_twice(), spy.patches
        assert len(spy.patches) >= 4
        assert spy.patches[-1][0] > 8 * MEGABYTES
        file = json.loads((await ann.run("files", "--json")).out)[0]
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert not list((ann.folder / ".home" / "salon" / "uploads").iterdir())
    assert not list((server.folder / "uploads").iterdir())


async def test_the_server_is_killed_and_the_upload_goes_on_by_itself(ann: Person, server: Program) -> None:
    data = random.Random(2).randbytes(40 * MEGABYTES)
    (ann.folder / "big").write_bytes(data)
    spy = Spy()
    async with proxy(server.port, lambda: None, spy.heard, spy.said) as line:
        ann.port = line.port
        process = await ann.start("send", "--name", "ann", "big")
        await until_begun(process, spy, 1)
        await server.kill()
        await server.start()
        _, err = await process.communicate()
        assert process.returncode == 0, err
        assert b"Trying again" in err
        assert spy.nothing_twice(), spy.patches
        file = json.loads((await ann.run("files", "--json")).out)[0]
        assert file["sha256"] == hashlib.sha256(data).hexdigest()


async def test_a_download_that_is_killed_goes_on_and_shows_no_half_file(ann: Person, server: Program) -> None:
    data = random.Random(3).randbytes(40 * MEGABYTES)
    (ann.folder / "big").write_bytes(data)
    assert (await ann.send("big")).status == 0
    (ann.folder / "big").unlink()
    asked: list[bytes] = []

    lives: list[int | None] = [None, 12 * MEGABYTES, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    async with proxy(server.port, lambda: lives.pop(0) if lives else None, said=lambda: asked.append) as line:
        ann.port = line.port
        process = await ann.start("get", "big")
        await eventually(lambda: len(lives) <= 9, SECONDS)
        process.kill()
        await process.communicate()
        (part,) = [path for path in ann.folder.iterdir() if path.name != ".home"]
        assert part.name.endswith(".part")
        size = part.stat().st_size
        assert 0 < size < len(data)
        lives.clear()
        got = await ann.run("get", "big")
        assert (got.status, got.out) == (0, "Saved big (38.1 MiB)\n")
        assert b"Range: bytes=%d-" % size in b"".join(asked)
    assert (ann.folder / "big").read_bytes() == data
    assert {path.name for path in ann.folder.iterdir()} == {".home", "big"}


async def test_ctrl_c_stops_and_the_same_command_goes_on(ann: Person, server: Program) -> None:
    with (ann.folder / "big").open("wb") as file:
        file.truncate(49 * MEGABYTES)
    spy = Spy()
    async with proxy(server.port, lambda: None, spy.heard, spy.said) as line:
        ann.port = line.port
        process = await ann.start("send", "--name", "ann", "big")
        await until_begun(process, spy, 1)
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
        assert process.returncode == 130
        assert b"The same command goes on from there." in err
        assert (await ann.send("big")).status == 0
        assert spy.nothing_twice()
        assert spy.patches[-1][0] > 0


@pytest.mark.slow
async def test_300_megabytes_there_and_back_in_little_memory(tmp_path: Path) -> None:
    await there_and_back(tmp_path, 300 * MEGABYTES)


@pytest.mark.prove
async def test_5_gigabytes_there_and_back_in_little_memory(tmp_path: Path) -> None:
    await there_and_back(tmp_path, 5_000 * MEGABYTES)


async def there_and_back(tmp_path: Path, size: int) -> None:
    """A sparse file with something at its ends, in no more memory than a small one."""
    async with program(tmp_path / "server") as server:
        ann = Person(tmp_path / "ann", server.port)
        with (ann.folder / "big").open("wb") as file:
            file.write(b"begin")
            file.seek(size - 3)
            file.write(b"end")
        for words in (("send", "--name", "ann", "big"), ("get", "big", "-o", "back")):
            process = await ann.start(*words, measured=True)
            _, err = await process.communicate()
            assert process.returncode == 0, err
            assert most_memory(err.decode()) < MEMORY
        assert server._process is not None
        assert most_memory(Path(f"/proc/{server._process.pid}/status").read_text()) < MEMORY
        with (ann.folder / "big").open("rb") as one, (ann.folder / "back").open("rb") as other:
            while piece := one.read(1 << 20):
                assert other.read(1 << 20) == piece
            assert not other.read()


def most_memory(status: str) -> int:
    """The most memory that a process has taken so far, in bytes."""
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
