"""Files in the lab chat, through pipes: with Salon's server as a program, and with another server of that lab."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from salon.wire.files import FILE_IN_DOCUMENT_BYTES
from tests.classic.programs import Program, running, server
from tests.support.eventually import eventually
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio

CONNECTED = "Enter your name: Enter the room: Connected to the room.\n"
DISCONNECTED = "Disconnected from the room.\n"
NOTES = "Grüße\n".encode() * 500
PICTURE = b"\n\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000 + b'\n{"type":"exit"}\n'


@asynccontextmanager
async def lab(port: int, cwd: Path, name: str, *options: str, room: str = "r1") -> AsyncIterator[Program]:
    """A lab client that has come in, in a folder of its own."""
    folder = cwd / name
    folder.mkdir(exist_ok=True)
    async with running("lab/client.py", "--port", port, *options, cwd=folder) as program:
        program.type(name, room)
        await program.expect(CONNECTED)
        yield program


def saved(folder: Path, name: str, room: str = "r1") -> Path:
    """Where a client that was started in this folder has put a file."""
    (path,) = folder.glob(f"CLIENT_MEDIA_*/{room}/{name}")
    return path


async def saves(program: Program, folder: Path, name: str) -> Path:
    """Wait until it says that it has saved this file."""
    await program.until(lambda: f"{name}\n" in program.out.partition("Saved ")[2])
    path = saved(folder, name)
    assert f"Saved {path.relative_to(folder)}\n" in program.out
    return path


async def test_two_in_a_room_pass_files_and_a_third_in_another_does_not_see_them(tmp_path: Path) -> None:
    port = free_port()
    home = tmp_path / "server"
    home.mkdir()
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "notes: 1.txt").write_bytes(NOTES)
    (tmp_path / "ann" / "pic.png").write_bytes(PICTURE)
    (tmp_path / "ann" / "empty").write_bytes(b"")
    (tmp_path / "ann" / "a folder").mkdir()
    async with server("lab/server.py", "--port", port, cwd=home), lab(port, tmp_path, "eve", room="r2") as eve:
        async with lab(port, tmp_path, "ann") as ann, lab(port, tmp_path, "bob") as bob:
            await ann.expect("bob has joined the room.\n")
            ann.type("upload: notes: 1.txt", "upload: pic.png", "upload: empty", "upload: nope.txt", "upload: a folder")
            for name in ("notes: 1.txt", "pic.png", "empty"):
                await bob.expect(f"User ann uploaded the {name} file\n")
            await ann.until(lambda: ann.out.count("uploaded") == 3)
            assert "File nope.txt doesn't exist\n" in ann.out
            assert "File a folder doesn't exist\n" in ann.out
            for name, data in (("notes: 1.txt", NOTES), ("pic.png", PICTURE), ("empty", b"")):
                assert (home / "SERVER_MEDIA" / "r1" / name).read_bytes() == data
                bob.type(f"download: {name}")
                assert (await saves(bob, tmp_path / "bob", name)).read_bytes() == data
                bob.out = ""
            bob.type("download: gone.txt", "download: ../server/SERVER_MEDIA/r1/empty")
            await bob.expect(
                "The gone.txt doesn't exist\nThis cannot be a file's name: it names a place, not a file.\n"
            )
            eve.type("download: pic.png")
            await eve.expect("The pic.png doesn't exist\n")
            (tmp_path / "ann" / "pic.png").write_bytes(NOTES)
            ann.type("upload: pic.png")
            await bob.expect("User ann uploaded the pic.png file\n")
            bob.type("download: pic.png")
            assert (await saves(bob, tmp_path / "bob", "pic.png")).read_bytes() == NOTES
        assert eve.out == ""
    assert stat.S_IMODE((home / "SERVER_MEDIA").stat().st_mode) == 0o700
    assert not list((tmp_path / "ann").glob("CLIENT_MEDIA_*"))
    assert not [path for path in (tmp_path / "bob").rglob("*") if path.name.endswith(".part")]


async def test_what_was_asked_for_comes_before_the_end(tmp_path: Path) -> None:
    port = free_port()
    async with server("lab/server.py", "--port", port, cwd=tmp_path):
        (tmp_path / "ann").mkdir()
        (tmp_path / "ann" / "pic.png").write_bytes(PICTURE * 20)
        async with lab(port, tmp_path, "ann", "--encoding", "raw", "--clean") as ann:
            ann.type("upload: pic.png", "download: pic.png", "download: gone")
            ann.close_input()
            status, out, err, _ = await ann.end()
        assert (status, err) == (0, "")
        assert "User ann uploaded the pic.png file\n" in out
        assert "\nSaved CLIENT_MEDIA_" in out
        assert out.endswith(f"The gone doesn't exist\n{DISCONNECTED}")
        assert [path.name for path in (tmp_path / "ann").iterdir()] == ["pic.png"]  # --clean


async def test_a_client_that_is_stopped_in_the_middle_of_a_file(tmp_path: Path) -> None:
    port = free_port()
    async with server("lab/server.py", "--port", port, cwd=tmp_path) as at:
        (tmp_path / "ann").mkdir()
        with (tmp_path / "ann" / "large").open("wb") as file:
            file.truncate(1 << 40)  # no end of it is ever seen
        async with lab(port, tmp_path, "bob") as bob, lab(port, tmp_path, "ann") as ann:
            ann.type("upload: large")
            uploads = tmp_path / "SERVER_MEDIA" / ".salon" / "uploads"
            room = "There is no room for large on the server's disk"
            await eventually(lambda: room in ann.out or any(path.stat().st_size for path in uploads.iterdir()))
            ann.signal(signal.SIGTERM)
            assert (await ann.end()).status == 0
            await eventually(lambda: not list(uploads.iterdir()))
            bob.type("still here")
            await at.until(lambda: "bob joined" in at.out)


# with another server of that lab

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Other:
    """The other server's end of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._heard = b""

    async def document(self) -> dict[str, Any]:
        """The next document; what stands behind it stays."""
        while True:
            try:
                text = self._heard.decode("latin-1")
                found, end = json.JSONDecoder().raw_decode(text)
            except ValueError:
                self._heard += await self.reader.read(1 << 16)
            else:
                self._heard = self._heard[end:]
                return dict(found)

    async def exactly(self, size: int) -> bytes:
        while len(self._heard) < size:
            self._heard += await self.reader.read(1 << 16)
        data, self._heard = self._heard[:size], self._heard[size:]
        return data

    def send(self, kind: str, behind: bytes = b"", **payload: Any) -> None:
        self.writer.write(json.dumps({"type": kind, "payload": payload}).encode() + behind)


@asynccontextmanager
async def other() -> AsyncIterator[tuple[int, asyncio.Future[Other]]]:
    """Another server, and its end of its one client's line once that has come in."""
    came: asyncio.Future[Other] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end = Other(reader, writer)
        await end.document()
        end.send("connect_ack", message="Connected to the room.")
        came.set_result(end)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1], came
        (await came).writer.close()


async def test_what_goes_over_the_wire(tmp_path: Path) -> None:
    async with other() as (port, came), lab(port, tmp_path, "ann") as ann:
        at = await came
        (tmp_path / "ann" / "a.TXT").write_bytes(NOTES)
        (tmp_path / "ann" / "b.png").write_bytes(PICTURE)
        with (tmp_path / "ann" / "c.txt").open("wb") as file:
            file.truncate(FILE_IN_DOCUMENT_BYTES + 1)
        ann.type("upload: a.TXT", "upload: b.png", "upload: c.txt", "download: a.TXT", "download: b.png")
        content = base64.b64encode(NOTES).decode()
        assert await at.document() == {"type": "upload", "payload": {"file_name": "a.TXT", "content": content}}
        size = len(PICTURE)
        assert await at.document() == {"type": "upload", "payload": {"file_name": "b.png", "file_size": size}}
        assert await at.exactly(size) == PICTURE
        size = FILE_IN_DOCUMENT_BYTES + 1  # no document could hold it
        assert await at.document() == {"type": "upload", "payload": {"file_name": "c.txt", "file_size": size}}
        assert await at.exactly(size) == bytes(size)
        assert await at.document() == {"type": "download", "payload": {"file_name": "a.TXT", "id": "d1"}}
        wish = {"file_name": "b.png", "id": "d2", "name": "ann", "room": "r1"}
        assert await at.document() == {"type": "download", "payload": wish}
        at.send("download-ack", PICTURE, file_name="b.png", file_size=len(PICTURE))
        at.send("file", file_name="a.TXT", content=content)
        at.send("message", sender="bob", text="behind them")
        await ann.until(lambda: "bob: behind them" in ann.out)
        assert saved(tmp_path / "ann", "a.TXT").read_bytes() == NOTES
        assert saved(tmp_path / "ann", "b.png").read_bytes() == PICTURE


async def test_base64_wherever_it_is_wanted(tmp_path: Path) -> None:
    async with other() as (port, came), lab(port, tmp_path, "ann", "--encoding", "base64") as ann:
        at = await came
        (tmp_path / "ann" / "b.png").write_bytes(b"hi")
        with (tmp_path / "ann" / "c.png").open("wb") as file:
            file.truncate(FILE_IN_DOCUMENT_BYTES + 1)
        ann.type("upload: c.png", "upload: b.png", "download: b.png")
        await ann.expect(f"File c.png is too large (limit {FILE_IN_DOCUMENT_BYTES} bytes)\n")
        assert (await at.document())["payload"] == {"file_name": "b.png", "content": "aGk="}
        assert (await at.document())["payload"] == {"file_name": "b.png", "id": "d1"}


async def test_a_server_that_sends_what_nobody_asked_for(tmp_path: Path) -> None:
    async with other() as (port, came), lab(port, tmp_path, "ann") as ann:
        at = await came
        at.send("file", file_name="evil.sh", content="aGk=")
        at.send("download-ack", b"{hi}", file_name="evil.sh", file_size=4)
        ann.type("download: a", "download: ../b", "download: c", "download: d")
        for _ in range(4):
            await at.document()
        at.send("file", file_name="../a", content="aGk=")
        at.send("file", file_name="../b", content="aGk=")
        await ann.expect("This cannot be a file's name: it names a place, not a file.\n")
        at.send("file", file_name="c", content="!!")
        await ann.until(lambda: "the content of c is not base64" in ann.out)
        at.send("notification", message="The a doesn't exist.")
        at.send("download-ack", b"..", file_name="d", file_size=3)
        at.writer.close()
        status, out, err, _ = await ann.end()
        assert (status, out.endswith("The a doesn't exist.\n"), err.count("lost")) == (1, True, 1)
    assert not [path for path in (tmp_path / "ann").rglob("*") if path.is_file()]


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    async with other() as (port, came), lab(port, tmp_path, "ann") as ann:
        at = await came
        ann.type("download: a.bin", "download: a.txt")
        await at.document()
        await at.document()
        at.send("download-ack", b"ab", file_name="a.bin", file_size=2)
        await ann.until(lambda: "Saved" in ann.out)
        ann.out = ""
        place = saved(tmp_path / "ann", "a.bin")
        (place.parent / "a.txt").mkdir()  # in the way
        (place.parent / "a.txt" / "x").touch()
        at.send("file", file_name="a.txt", content="aGk=")
        await ann.until(lambda: "File a.txt cannot be saved in" in ann.out)
        ann.type("download: a.txt")
        await at.document()
        at.send("download-ack", b"ab", file_name="a.txt", file_size=2)
        at.send("message", sender="bob", text="hi")
        await ann.until(lambda: "bob: hi" in ann.out)
        assert ann.out.count("File a.txt cannot be saved in") == 2


async def test_a_server_that_never_answers_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with other() as (port, came), lab(port, tmp_path, "ann") as ann:
        at = await came
        ann.type("download: a", "exit")
        assert (await at.document())["type"] == "download"
        assert (await at.document())["type"] == "exit"
        at.send("exit_ack", message="Disconnected from the room.")
        assert (await ann.end())[:2] == (0, DISCONNECTED)
