"""Files up and down, in one process with a real server: whole, cut, paused, given up, awkward and hostile."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from functools import partial
from pathlib import Path

import pytest

from salon.client.transfers import ByName, ByTicket, Job, State
from salon.core.limits import KIB
from salon.errors import (
    BAD_FILE_NAME,
    BAD_TICKET,
    FILE_CHANGED,
    LOST_SERVER,
    NO_LOCAL_FILE,
    NO_SERVER,
    NO_SUCH_FILE,
    TOO_LARGE,
    UNREADABLE,
    UNWRITABLE,
    SalonError,
)
from salon.hall.receiving import Policy
from tests.support.eventually import eventually
from tests.support.filing import ROOM, SECRET, Spy, done, filing, refused, transferring
from tests.support.proxies import proxy
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio

MILLION = 1_000_000
LONG = 64 * MILLION  # of zeroes: long enough on its way for something to happen meanwhile


def has_begun(job: Job) -> bool:
    return job.look().offset > 0


def sparse(path: Path, size: int = LONG) -> None:
    """A file of zeroes that takes no space."""
    with path.open("wb") as file:
        file.truncate(size)


def some_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


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


# cuts


async def test_an_upload_over_a_line_that_is_cut_again_and_again(tmp_path: Path) -> None:
    data = some_bytes(4 * MILLION)
    (tmp_path / "up").write_bytes(data)
    chance = random.Random(7)
    spy = Spy()
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: chance.randrange(150_000, 450_000), spy.heard, spy.said) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await done(transfers.send(tmp_path / "up", ROOM))
        assert await server.read("up") == data
        assert line.cuts >= 8
    assert spy.nothing_twice(), spy.patches
    assert len(spy.patches) >= 8
    # What the server had not acknowledged when the line broke is all that may have been sent again.
    assert spy.received < len(data) + line.cuts * 450_000


async def test_a_download_over_a_line_that_is_cut_again_and_again(tmp_path: Path) -> None:
    data = some_bytes(4 * MILLION)
    chance = random.Random(8)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: chance.randrange(150_000, 450_000)) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", data)
        saved = (await done(transfers.get("down", ROOM, tmp_path))).saved
        assert Path(saved).read_bytes() == data
        assert line.cuts >= 8
    assert not list(tmp_path.glob("*.part"))


async def test_transfers_outlive_the_server(tmp_path: Path) -> None:
    data = some_bytes(3 * MILLION)
    (tmp_path / "up").write_bytes(data)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: 600_000) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", data)
        up, down = transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)
        await eventually(lambda: line.cuts >= 2)
        await server.stop()
        await eventually(lambda: up.look().state is State.CUT and down.look().state is State.CUT)
        assert up.look().refusal.code in (LOST_SERVER.code, "closing")  # type: ignore[union-attr]
        await server.start()
        await done(up)
        await done(down)
        assert await server.read("up") == data
        assert (tmp_path / "down").read_bytes() == data


async def test_whoever_gets_no_further_gives_up_and_goes_on_another_time(tmp_path: Path) -> None:
    data = some_bytes(2 * MILLION)
    (tmp_path / "up").write_bytes(data)
    spy = Spy()
    lives: list[int | None] = []
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: lives.pop() if lives else 0, spy.heard, spy.said) as line,
    ):
        await server.put("down", data)
        async with transferring(line.address, tmp_path / "kept", patience=0.3) as transfers:
            lives[:] = [700_000]
            assert await refused(transfers.send(tmp_path / "up", ROOM)) == LOST_SERVER.code
            lives[:] = [700_000]
            assert await refused(transfers.get("down", ROOM, tmp_path)) == LOST_SERVER.code
        part = next(tmp_path.glob("down.*.part"))
        assert 100_000 < part.stat().st_size < 2 * MILLION
        lives[:] = [None] * 10
        async with transferring(line.address, tmp_path / "kept") as transfers:
            await done(transfers.send(tmp_path / "up", ROOM))
            await done(transfers.get("down", ROOM, tmp_path))
        assert await server.read("up") == data
        assert (tmp_path / "down").read_bytes() == data
        assert not part.exists()
    assert spy.nothing_twice()
    assert spy.patches[-1][0] > 100_000


async def test_a_line_that_swallows_everything_is_left(tmp_path: Path) -> None:
    data = some_bytes(3 * MILLION)
    (tmp_path / "up").write_bytes(data)
    async with filing(tmp_path / "server") as server, proxy(server.port) as line:
        await server.put("down", data)
        async with transferring(line.address, tmp_path / "kept", silence=0.4) as transfers:
            await transfers.files(ROOM)
            line.deaf = True
            up, down = transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)
            await eventually(lambda: up.look().state is State.CUT and down.look().state is State.CUT)
            line.deaf = False
            await done(up)
            await done(down)
        assert await server.read("up") == data


async def test_bytes_that_the_server_has_from_a_lost_upload_need_not_be_sent_again(tmp_path: Path) -> None:
    """All bytes went out, the answer was lost, and the server, started again, has forgotten the upload as such."""
    data = some_bytes(400_000)
    (tmp_path / "up").write_bytes(data)
    spy = Spy()
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None, spy.heard, spy.said) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        receiving = server.shelves.receiving
        complete = receiving.complete

        async def complete_and_forget(upload):  # type: ignore[no-untyped-def]
            outcome = await complete(upload)
            receiving.finished.clear()
            line.cut()
            receiving.complete = complete  # type: ignore[method-assign]
            return outcome

        receiving.complete = complete_and_forget  # type: ignore[method-assign]
        await done(transfers.send(tmp_path / "up", ROOM))
        assert spy.received == len(data)
        assert await server.names() == ["up"]


@pytest.mark.parametrize("evicted", [False, True])
async def test_an_upload_that_was_done_when_we_died_is_not_sent_again(tmp_path: Path, evicted: bool) -> None:
    data = some_bytes(400_000)
    (tmp_path / "up").write_bytes(data)
    over = asyncio.Event()
    spy = Spy()
    async with (
        filing(tmp_path / "server", Policy(keep=1)) as server,
        proxy(server.port, heard=spy.heard, said=spy.said) as line,
    ):
        receiving = server.shelves.receiving
        complete = receiving.complete

        async def complete_unheard(upload):  # type: ignore[no-untyped-def]
            outcome = await complete(upload)
            over.set()
            await asyncio.Event().wait()
            return outcome

        receiving.complete = complete_unheard  # type: ignore[method-assign]
        async with transferring(line.address, tmp_path / "kept") as transfers:
            transfers.send(tmp_path / "up", ROOM)
            await over.wait()
        receiving.complete = complete  # type: ignore[method-assign]
        line.cut()
        if evicted:
            await server.put("another", b"x")
        async with transferring(line.address, tmp_path / "kept") as transfers:
            await done(transfers.send(tmp_path / "up", ROOM))
        assert await server.names() == ["up"]
        assert spy.received == len(data) * (2 if evicted else 1)  # the bytes went with their last entry


# pausing, proceeding, cancelling


async def test_a_pause_costs_the_server_nothing_and_ends_where_it_began(tmp_path: Path) -> None:
    sparse(tmp_path / "up")
    spy = Spy()
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None, spy.heard, spy.said) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", bytes(LONG))
        jobs = [transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)]
        for job in jobs:
            await eventually(partial(has_begun, job))
            job.pause()
            assert job.look().state is State.PAUSED
        await eventually(lambda: not line._lines)
        before = [job.look().offset for job in jobs]
        assert all(0 < offset < LONG for offset in before)
        assert [(job.look().rate, job.look().eta) for job in jobs] == [(0.0, None)] * 2
        for job in jobs:
            job.proceed()
            await done(job)
        assert await server.read("up") == bytes(LONG)
        assert (tmp_path / "down").read_bytes() == bytes(LONG)
    assert spy.nothing_twice()
    assert len(spy.patches) == 2
    assert spy.patches[1][0] > 0


async def test_one_that_waits_for_its_turn_can_be_paused_and_given_up(tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(b"x")
    async with (
        filing(tmp_path / "server") as server,
        transferring(server.address, tmp_path / "k", at_once=1) as transfers,
    ):
        first, second, third = (transfers.send(tmp_path / "up", ROOM) for _ in range(3))
        second.pause()
        third.cancel()
        third.cancel()
        await done(first)
        assert second.look().state is State.PAUSED
        assert (await third.wait()).state is State.CANCELLED
        third.pause()
        third.proceed()
        assert third.look().state is State.CANCELLED
        second.proceed()
        await done(second)


async def test_what_is_given_up_leaves_nothing_anywhere(tmp_path: Path) -> None:
    sparse(tmp_path / "up")
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        await server.put("down", bytes(LONG))
        up, down = transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)
        await eventually(lambda: up.look().offset)
        up.pause()
        up.cancel()
        await eventually(lambda: down.look().offset)
        down.cancel()
        for job in (up, down):
            assert (await job.wait()).state is State.CANCELLED
            assert 0 < job.look().offset < LONG
        assert not server.shelves.receiving.uploads
        assert await server.names() == ["down"]
    assert {path.name for path in tmp_path.iterdir()} == {"up", "server", "kept"}
    assert not list((tmp_path / "kept").iterdir())


# files that change


@pytest.mark.parametrize("what", ["grows", "shrinks", "changes"])
async def test_a_file_that_changes_while_it_is_sent_is_not_half_kept(tmp_path: Path, what: str) -> None:
    path = tmp_path / "log"
    sparse(path)
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        job = transfers.send(path, ROOM)
        await eventually(lambda: job.look().offset > 0)
        with path.open("r+b") as file:
            if what == "grows":
                file.seek(0, os.SEEK_END)
                file.write(b"more")
            elif what == "shrinks":
                file.truncate(5)
            else:
                file.write(b"other")
        assert await refused(job) == FILE_CHANGED.code
        assert not server.shelves.receiving.uploads
        assert await server.names() == []
    assert not list((tmp_path / "kept").iterdir())


async def test_a_file_that_is_removed_while_it_is_sent_is_still_what_it_was(tmp_path: Path) -> None:
    sparse(tmp_path / "up")
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        job = transfers.send(tmp_path / "up", ROOM)
        await eventually(lambda: job.look().offset > 0)
        (tmp_path / "up").unlink()
        await done(job)
        assert await server.read("up") == bytes(LONG)


async def test_another_file_under_the_old_name_is_sent_from_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(some_bytes(2 * MILLION, 1))
    lives = [700_000]
    async with filing(tmp_path / "server") as server:
        async with (
            proxy(server.port, lambda: lives.pop() if lives else 0) as line,
            transferring(line.address, tmp_path / "kept", patience=0.2) as transfers,
        ):
            assert await refused(transfers.send(tmp_path / "up", ROOM)) == LOST_SERVER.code
        other = some_bytes(2 * MILLION, 2)
        (tmp_path / "up").write_bytes(other)
        spy = Spy()
        async with (
            proxy(server.port, lambda: None, spy.heard, spy.said) as line,
            transferring(line.address, tmp_path / "kept") as transfers,
        ):
            await done(transfers.send(tmp_path / "up", ROOM))
        assert spy.patches == [(0, 0)]
        assert await server.read("up") == other


async def test_a_file_that_becomes_another_on_the_shelf_is_got_whole(tmp_path: Path) -> None:
    old, new = some_bytes(2 * MILLION, 1), some_bytes(2 * MILLION, 2)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: 500_000) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", old)
        job = transfers.get("down", ROOM, tmp_path)
        await eventually(lambda: job.look().offset > 0)
        await server.put("down", new)
        await done(job)
        assert (tmp_path / "down").read_bytes() == new
        assert not list(tmp_path.glob("*.part"))


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
