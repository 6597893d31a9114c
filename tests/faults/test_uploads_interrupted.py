"""Files on their way while the server is killed, the disk fills up, or everybody sends at once."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from salon.core.limits import MIB
from salon.ground.tasks import Tasks
from tests.edges.shelfside import BODY, TUS, Answer, file_path, metadata
from tests.support.disks import fill, mounted
from tests.support.serve import Serving, served
from tests.support.servers import free_port
from tests.support.shelves import sha256_of
from tests.support.talker import Talker, talking

pytestmark = pytest.mark.anyio

PIECE = bytes(range(256)) * 256
KEEP_MIB = 32  # by so much ten uploads may let the server grow


class Sender:
    """Sends files to a server by tus, by hand."""

    def __init__(self, http: ClientSession, port: int) -> None:
        self.http = http
        self.url = f"http://127.0.0.1:{port}"

    async def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in {**TUS, **headers}.items()}
        async with self.http.request(method, self.url + path, data=data, headers=named) as response:
            return Answer(response.status, response.headers, await response.read())

    async def create(self, name: str, size: int) -> Answer:
        about = metadata(filename=name, room="lobby", name=f"sender of {name}")
        return await self.ask("POST", "/uploads", Upload_Length=str(size), Upload_Metadata=about)

    async def begin(self, name: str, size: int) -> str:
        answer = await self.create(name, size)
        assert answer.status == 201, answer.body
        return str(answer.headers["Location"])

    async def patch(self, path: str, offset: int, data: Any) -> Answer:
        return await self.ask("PATCH", path, data, Upload_Offset=str(offset), Content_Type=BODY)

    async def get(self, name: str) -> bytes:
        return (await self.ask("GET", file_path(name, "lobby"))).body

    async def listed(self) -> list[str]:
        return [one["name"] for one in json.loads((await self.ask("GET", "/rooms/lobby/files")).body)]


@asynccontextmanager
async def sending(port: int) -> AsyncIterator[Sender]:
    async with ClientSession() as http:
        yield Sender(http, port)


async def pieces(count: int, hold: asyncio.Event | None = None) -> AsyncIterator[bytes]:
    """So many pieces, and then none until it is time."""
    for _ in range(count):
        yield PIECE
    if hold is not None:
        await hold.wait()


def code_of(answer: Answer) -> tuple[int, str, bool]:
    said = json.loads(answer.body)
    return answer.status, said["code"], said["retry"]


async def test_an_upload_outlives_a_killed_server(tmp_path: Path) -> None:
    """What was acknowledged is there when the next one has started, twice, in the middle of a PATCH."""
    data = os.urandom(8 * MIB)
    port, flags = str(free_port()), ("--data", str(tmp_path / "data"), "--by-name")
    offset = acknowledged = 0
    path = ""
    for life in range(3):
        async with served(tmp_path, *flags, port=port) as server, sending(server.port) as ann:
            path = path or await ann.begin("f", len(data))
            head = await ann.ask("HEAD", path)
            assert head.offset >= acknowledged
            offset = head.offset
            if life == 2:
                answer = await ann.patch(path, offset, io.BytesIO(data[offset:]))
                assert (answer.status, answer.offset) == (204, len(data))
                assert (tmp_path / "data" / "lobby" / "f").read_bytes() == data
                await _kill(server)
                break
            answer = await ann.patch(path, offset, data[offset : offset + MIB])
            acknowledged = answer.offset
            assert acknowledged == offset + MIB
            more = data[acknowledged : acknowledged + MIB + 17]
            acknowledged = await _killed_in_the_middle(server, ann, path, acknowledged, more)
    async with served(tmp_path, *flags, port=port) as server, sending(server.port) as ann:
        assert await ann.listed() == ["f"]
        assert sha256_of(await ann.get("f")) == sha256_of(data)
        assert not list((tmp_path / "data" / ".salon" / "uploads").iterdir())


async def _killed_in_the_middle(server: Serving, ann: Sender, path: str, offset: int, data: bytes) -> int:
    """Kill the server once it has these bytes of a PATCH that is not at its end; the offset behind them."""
    tasks = Tasks()
    hold = asyncio.Event()

    async def rest() -> AsyncIterator[bytes]:
        yield data
        await hold.wait()

    going_on = tasks.start(ann.patch(path, offset, rest()))
    offset += len(data)
    async with asyncio.timeout(10):
        while (await ann.ask("HEAD", path)).offset < offset:
            pass
    await _kill(server)
    hold.set()
    with pytest.raises((OSError, ClientError)):
        await going_on
    await tasks.close()
    return offset


async def _kill(server: Serving) -> None:
    server.process.kill()
    await server.process.wait()


async def test_a_server_that_is_told_to_end_waits_for_nobody_and_loses_nothing(tmp_path: Path) -> None:
    """A file is on its way up and one on its way down, and neither line moves."""
    port, flags = str(free_port()), ("--data", str(tmp_path / "data"))
    async with served(tmp_path, *flags, port=port) as server, sending(server.port) as ann:
        whole = await ann.begin("whole", 320 * len(PIECE))
        assert (await ann.patch(whole, 0, pieces(320))).status == 204
        path = await ann.begin("half", 2 * len(PIECE))
        hold = asyncio.Event()
        tasks = Tasks()
        going_on = tasks.start(ann.patch(path, 0, pieces(1, hold)))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET {file_path('whole', 'lobby')} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(10):
            while (await ann.ask("HEAD", path)).offset < len(PIECE):
                pass
        async with asyncio.timeout(5):
            assert await server.stop() == 0
        hold.set()
        with pytest.raises((OSError, ClientError)):
            await going_on
        writer.transport.abort()
    async with served(tmp_path, *flags, port=port) as server, sending(server.port) as ann:
        assert (await ann.ask("HEAD", path)).offset == len(PIECE)
        assert (await ann.patch(path, len(PIECE), PIECE)).status == 204
        assert await ann.get("half") == 2 * PIECE


@pytest.mark.root
async def test_a_disk_that_fills_up_while_files_come(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", kib=64 * 1024) as disk:
        async with (
            served(tmp_path, "--data", str(disk / "data"), quiet=False) as server,
            sending(server.port) as sender,
            talking(server.port, "ann") as ann,
        ):
            before = await sender.begin("before", len(PIECE))
            assert (await sender.patch(before, 0, PIECE)).status == 204
            first = await sender.begin("first", 320 * len(PIECE))  # 20 MiB
            assert (await sender.patch(first, 0, pieces(80))).status == 204
            # What does not fit beside what is on its way is refused before its first byte, and takes nothing.
            assert code_of(await sender.create("large", 50 * MIB)) == (507, "no_room", True)
            second = await sender.begin("second", 320 * len(PIECE))
            # Somebody else takes the space: the last of it is left to those who talk.
            ballast = leave(disk, 2 * MIB)
            for path, offset in ((first, 80 * len(PIECE)), (second, 0)):
                answer = await sender.patch(path, offset, pieces(100))
                assert code_of(answer) == (507, "disk_full", True)
                assert answer.offset == offset
                assert (await sender.ask("HEAD", path)).offset == offset
            assert code_of(await sender.create("small", 1000)) == (507, "no_room", True)
            await all_goes_on(sender, ann)
            # Nothing at all is left: talking is refused with a sentence, and nothing breaks.
            ballast_of_the_rest = fill_rest(disk)
            assert code_of(await sender.patch(first, 80 * len(PIECE), PIECE)) == (507, "disk_full", True)
            assert await sender.get("before") == PIECE
            ballast_of_the_rest.unlink()
            ballast.unlink()
            # There is room again: both go on where they stood; one that is given up makes room for another.
            assert (await sender.patch(first, 80 * len(PIECE), pieces(240))).status == 204
            assert await sender.get("first") == PIECE * 320
            assert code_of(await sender.create("large", 30 * MIB))[1] == "no_room"
            assert (await sender.ask("DELETE", second)).status == 204
            large = await sender.begin("large", 30 * MIB)
            assert (await sender.patch(large, 0, pieces(480))).status == 204
            await all_goes_on(sender, ann)
            assert await sender.listed() == ["large", "first", "before"]


def leave(disk: Path, size: int) -> Path:
    """Take all space but so many bytes; the file that took it, to be removed."""
    ballast = disk / "ballast"
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(bytes(room - size))
    return ballast


def fill_rest(disk: Path) -> Path:
    """A second ballast: the first one's name is taken."""
    (disk / "ballast").rename(disk / "first ballast")
    rest = fill(disk)
    rest = rest.rename(disk / "rest")
    (disk / "first ballast").rename(disk / "ballast")
    return rest


async def all_goes_on(sender: Sender, ann: Talker) -> None:
    """People talk, come, and fetch what is there."""
    for n in range(10):
        kind, _ = await ann.ask("message", text=f"still here {n} {'x' * 1000}")
        assert kind == "ack"
    assert await sender.get("before") == PIECE


def peak(pid: int) -> int:
    """The most bytes that the process ever had in memory since it was asked to forget."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux' /proc")
async def test_ten_who_send_at_once_take_no_memory_and_hold_nobody_up(tmp_path: Path) -> None:
    """10 files of 50 MB. Nothing of them is in the server's memory but what is being written just now."""
    count = 50_000_000 // len(PIECE)
    async with (
        served(tmp_path, "--data", str(tmp_path / "data")) as server,
        sending(server.port) as sender,
        talking(server.port, "ann") as ann,
    ):
        warm = await sender.begin("warm", len(PIECE) * 100)
        await sender.patch(warm, 0, pieces(100))
        before = server.memory()
        Path(f"/proc/{server.pid}/clear_refs").write_text("5", encoding="utf-8")
        paths = [await sender.begin(f"f{n}", count * len(PIECE)) for n in range(10)]
        tasks = Tasks()
        work = [tasks.start(sender.patch(path, 0, pieces(count))) for path in paths]
        said = 0
        while not all(one.done() for one in work):
            kind, _ = await ann.ask("message", text=f"message {said}")
            assert kind == "ack"
            said += 1
        assert all(one.result().status == 204 for one in work)
        grown = peak(server.pid) - before
        assert grown <= KEEP_MIB * MIB, f"{grown / MIB:.1f} MiB"
        assert said > 20
        assert len(await sender.listed()) == 11
        assert len(list((tmp_path / "data" / "blobs").glob("??/*"))) == 2  # ten times the same bytes


async def test_a_server_that_keeps_nothing_leaves_no_folder(tmp_path: Path) -> None:
    """After SIGTERM. After SIGKILL it cannot clear up, and the next one does not trip over what is left."""
    place = tmp_path / "tmp"
    place.mkdir()
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        left = list(place.iterdir())
        async with served(tmp_path, "--memory", TMPDIR=str(place)) as server, sending(server.port) as sender:
            path = await sender.begin("f", 2 * len(PIECE))
            assert (await sender.patch(path, 0, PIECE)).status == 204
            whole = await sender.begin("whole", len(PIECE))
            await sender.patch(whole, 0, PIECE)
            assert await sender.listed() == ["whole"]
            assert len(list(place.iterdir())) == len(left) + 1
            server.process.send_signal(number)
            await server.process.wait()
        if number != signal.SIGKILL:
            assert list(place.iterdir()) == left
    assert len(list(place.iterdir())) == 1
