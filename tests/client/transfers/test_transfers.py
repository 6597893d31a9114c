"""Files up and down, in one process with a real server: whole, awkward and hostile."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from salon.client.address import Address
from salon.client.transfers import ByName, ByTicket, Job, State
from salon.core.limits import KIB
from salon.errors import (
    BAD_FILE_NAME,
    BAD_TICKET,
    NO_LOCAL_FILE,
    NO_SERVER,
    NO_SUCH_FILE,
    TOO_LARGE,
    UNREADABLE,
    UNWRITABLE,
    SalonError,
)
from salon.hall.receiving import Policy
from tests.support.filing import (
    MILLION,
    ROOM,
    SECRET,
    done,
    filing,
    refused,
    some_bytes,
    transferring,
)
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 128 * KIB, 5 * MILLION + 3])
async def test_what_is_sent_is_what_comes_back(tmp_path: Path, size: int) -> None:
    data = some_bytes(size)
    (tmp_path / "up.bin").write_bytes(data)
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        up = await done(transfers.send(tmp_path / "up.bin", ROOM))
        assert (up.name, up.size, up.offset, up.eta) == ("up.bin", size, size, None)
        assert up.sha256 == hashlib.sha256(data).hexdigest()
        assert await server.read("up.bin") == data
        down = await done(transfers.get("up.bin", ROOM, tmp_path))
        assert Path(down.saved) == tmp_path / "up (1).bin"
        assert Path(down.saved).read_bytes() == data
        assert [file.downloads for file in await transfers.files(ROOM)] == [1]
    assert not list(tmp_path.glob("*.part"))
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "blanks in  it .bin",
        "ünïcödé 日本 🎈.txt",
        "no_ending",
        ".hidden",
        "a:b.txt",
        "100%.txt",
        "%2e%2e%2f",
        "#?&=+;.txt",
        "'\"`$(x).txt",
        "-rf",
        "x" * 255,
        "ü" * 127,
    ],
)
async def test_awkward_names_are_only_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"some")
    (tmp_path / "down").mkdir()
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        await done(transfers.send(tmp_path / name, ROOM))
        assert await server.names() == [name]
        for _ in range(2):
            await done(transfers.get(name, ROOM, tmp_path / "down"))
    assert len(list((tmp_path / "down").iterdir())) == 2
    assert (tmp_path / "down" / name).read_bytes() == b"some"


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "..\\x", "C:\\x", "a\0b", "CON", "nul.txt", "", ".", "..", "x" * 300]
)
async def test_hostile_names_are_refused_before_anything_is_touched(tmp_path: Path, name: str) -> None:
    (tmp_path / "here").mkdir()
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        assert await refused(transfers.get(name, ROOM, tmp_path / "here")) == BAD_FILE_NAME.code
    assert not list((tmp_path / "here").iterdir())


async def test_a_file_whose_name_is_no_name_elsewhere_is_not_sent(tmp_path: Path) -> None:
    for name in (b"CON", b"broken \xff", b"new\nline"):
        path = Path(os.fsdecode(bytes(tmp_path) + b"/" + name))
        path.write_bytes(b"x")
        async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
            assert await refused(transfers.send(path, ROOM)) == BAD_FILE_NAME.code
            assert await server.names() == []


async def test_what_is_no_file_here_is_not_sent(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", tmp_path / "a" / "b", Path("/"), Path("a\0b")):
            job = transfers.send(path, ROOM)
            assert await refused(job) == NO_LOCAL_FILE.code
            assert "doesn't exist" in job.look().refusal.message  # type: ignore[union-attr]


async def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_bytes(b"x")

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("salon.client.transfers.source.os.open", denied)
    async with transferring(free_port(), tmp_path / "kept") as transfers:
        job = transfers.send(tmp_path / "mine", ROOM)
        assert await refused(job) == UNREADABLE.code
        assert "Permission denied" in job.look().refusal.message  # type: ignore[union-attr]


async def test_too_large_is_told_from_the_size(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(1001))
    policy = Policy(max_file=1000)
    async with filing(tmp_path / "server", policy) as server, transferring(server.address, tmp_path / "k") as transfers:
        job = transfers.send(tmp_path / "big", ROOM)
        assert await refused(job) == TOO_LARGE.code
        assert job.look().refusal.message == "File big is too large (limit 1000 bytes)"  # type: ignore[union-attr]
        assert job.look().offset == 0


async def test_what_leaves_the_shelf_is_told_before_the_first_byte(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(bytes(100_000))
    told: list[tuple[tuple[str, ...], int]] = []

    def changed(job: Job) -> None:
        if job.look().evicts:
            told.append((job.look().evicts, job.look().offset))

    policy = Policy(keep=1)
    async with (
        filing(tmp_path / "server", policy) as server,
        transferring(server.address, tmp_path / "kept", changed=changed) as transfers,
    ):
        await server.put("old", b"x")
        await done(transfers.send(tmp_path / "new", ROOM))
        assert await server.names() == ["new"]
    assert told[0] == (("old",), 0)


async def test_without_a_server_one_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    async with transferring(free_port(), tmp_path / "kept") as transfers:
        job = transfers.send(tmp_path / "a", ROOM)
        assert await refused(job) == NO_SERVER.code
        assert "connection refused" in job.look().refusal.message  # type: ignore[union-attr]
        assert await refused(transfers.get("a", ROOM, tmp_path)) == NO_SERVER.code
        with pytest.raises(SalonError, match="No Salon answers"):
            await transfers.files(ROOM)
    assert not list((tmp_path / "kept").iterdir())


async def test_several_move_at_once_and_the_others_wait(tmp_path: Path) -> None:
    jobs: list[Job] = []
    moving: list[int] = []

    def changed(_job: Job) -> None:
        moving.append(sum(job.look().state in (State.MOVING, State.CHECKING) for job in jobs))

    async with (
        filing(tmp_path / "server") as server,
        transferring(server.address, tmp_path / "kept", at_once=2, changed=changed) as transfers,
    ):
        for number in range(6):
            (tmp_path / f"f{number}").write_bytes(some_bytes(300_000, number))
            jobs.append(transfers.send(tmp_path / f"f{number}", ROOM))
        assert [job.number for job in jobs] == [1, 2, 3, 4, 5, 6]
        assert transfers.jobs == {job.number: job for job in jobs}
        for job in jobs:
            await done(job)
        assert sorted(await server.names()) == [f"f{number}" for number in range(6)]
    assert max(moving) == 2


async def test_a_room_that_nobody_may_enter_is_refused(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "k") as transfers:
        assert await refused(transfers.get("a", "nowhere", tmp_path)) == "unknown_room"
        assert await refused(transfers.get("a", "lobby", tmp_path)) == NO_SUCH_FILE.code
        with pytest.raises(SalonError, match="There is no room"):
            await transfers.files("nowhere")


# where it is saved


async def test_what_is_there_is_replaced_only_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"mine")
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        await server.put("a.txt", b"theirs")
        assert (await done(transfers.get("a.txt", ROOM, tmp_path))).saved == str(tmp_path / "a (1).txt")
        assert (await done(transfers.get("a.txt", ROOM, tmp_path))).saved == str(tmp_path / "a (2).txt")
        assert (tmp_path / "a.txt").read_bytes() == b"mine"
        assert (await done(transfers.get("a.txt", ROOM, tmp_path, replace=True))).saved == str(tmp_path / "a.txt")
        assert (tmp_path / "a.txt").read_bytes() == b"theirs"
        await done(transfers.get("a.txt", ROOM, tmp_path, saved_as="b.txt"))
        assert (tmp_path / "b.txt").read_bytes() == b"theirs"


async def test_the_same_file_several_times_at_once(tmp_path: Path) -> None:
    data = some_bytes(MILLION)
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        await server.put("a", data)
        jobs = [transfers.get("a", ROOM, tmp_path) for _ in range(4)]
        saved = {(await done(job)).saved for job in jobs}
    assert saved == {str(tmp_path / name) for name in ("a", "a (1)", "a (2)", "a (3)")}
    assert all(Path(path).read_bytes() == data for path in saved)
    assert not list(tmp_path.glob("*.part"))


async def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        await server.put("a", b"x")
        assert await refused(transfers.get("a", ROOM, tmp_path / "nowhere")) == UNWRITABLE.code
        (tmp_path / "a").mkdir()
        assert await refused(transfers.get("a", ROOM, tmp_path, replace=True)) == UNWRITABLE.code


async def test_a_file_of_the_library(tmp_path: Path) -> None:
    data = some_bytes(300_000)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "book.pdf").write_bytes(data)
    async with (
        filing(tmp_path / "server", library=tmp_path / "library") as server,
        transferring(server.address, tmp_path / "kept") as transfers,
    ):
        (file,) = await transfers.files("lobby")
        assert (file.name, file.size, file.by, file.library) == ("book.pdf", 300_000, "", True)
        await done(transfers.get("book.pdf", "lobby", tmp_path))
        assert (tmp_path / "book.pdf").read_bytes() == data


# who asks


async def test_a_sender_is_known_by_name_and_secret(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    async with (
        filing(tmp_path / "server") as server,
        transferring(server.address, tmp_path / "kept", access=ByName("bob", SECRET)) as transfers,
    ):
        await done(transfers.send(tmp_path / "a", ROOM))
        assert [file.by for file in await transfers.files(ROOM)] == ["bob"]


async def test_a_void_ticket_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    access = ByTicket("ann", lambda: "void")
    async with (
        filing(tmp_path / "server") as server,
        transferring(server.address, tmp_path / "kept", access=access, patience=0.2) as transfers,
    ):
        assert await refused(transfers.send(tmp_path / "a", ROOM)) == BAD_TICKET.code


async def test_a_server_may_be_known_by_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot know them all, and answers browsers under none but its own."""
    loop = asyncio.get_running_loop()
    look_up = loop.getaddrinfo
    names = {"salon.example": "127.0.0.1"}
    monkeypatch.setattr(loop, "getaddrinfo", lambda host, *more, **also: look_up(names.get(host, host), *more, **also))
    (tmp_path / "up").write_bytes(b"there")
    async with filing(tmp_path / "server") as server:
        address = Address("salon.example", server.port)
        async with transferring(address, tmp_path / "k") as transfers:
            await done(transfers.send(tmp_path / "up", ROOM))
            await done(transfers.get("up", ROOM, tmp_path / "server", saved_as="down"))
    assert (tmp_path / "server" / "down").read_bytes() == b"there"
