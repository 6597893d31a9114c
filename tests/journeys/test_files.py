"""`salon send`, `salon get` and `salon files`: what they say, and how they end."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import pty
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.commands import MEGABYTES, Person
from tests.support.servers import Program, free_port, program

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Program]:
    async with program(tmp_path / "server", "--keep", "3", "--max-file", "50MB") as server:
        yield server


@pytest.fixture
def ann(tmp_path: Path, server: Program) -> Person:
    return Person(tmp_path / "ann", server.port)


async def test_there_and_back(ann: Person) -> None:
    data = os.urandom(2 * MEGABYTES) + b'\n{"type":"x"}\r\n\0'
    (ann.folder / "a ü.bin").write_bytes(data)
    (ann.folder / "empty").write_bytes(b"")
    sent = await ann.send("a ü.bin", "empty")
    assert (sent.status, sent.err) == (0, "")
    assert sent.out == "Sent a ü.bin (1.9 MiB)\nSent empty (0 bytes)\n"

    listed = await ann.run("files", "--json")
    assert listed.out.count("\n") == 1
    files = json.loads(listed.out)
    assert [list(file) for file in files] == [["name", "size", "sha256", "by", "time", "downloads"]] * 2
    assert [(file["name"], file["size"], file["by"], file["downloads"]) for file in files] == [
        ("empty", 0, "ann", 0),
        ("a ü.bin", len(data), "ann", 0),
    ]
    assert files[1]["sha256"] == hashlib.sha256(data).hexdigest()

    got = await ann.run("get", "a ü.bin", "empty")
    assert (got.status, got.err) == (0, "")
    assert got.out == "Saved a ü (1).bin (1.9 MiB)\nSaved empty (1) (0 bytes)\n"
    assert (ann.folder / "a ü (1).bin").read_bytes() == data
    (ann.folder / "down").mkdir()
    assert (await ann.run("get", "a ü.bin", "-o", "down")).out == "Saved down/a ü.bin (1.9 MiB)\n"
    assert (await ann.run("get", "a ü.bin", "-o", "down/b.bin")).out == "Saved down/b.bin (1.9 MiB)\n"
    (ann.folder / "a ü.bin").write_bytes(b"old")
    assert (await ann.run("get", "a ü.bin", "--replace")).status == 0
    assert (ann.folder / "a ü.bin").read_bytes() == data
    table = (await ann.run("files")).out.splitlines()
    assert table[0].split() == ["name", "size", "by", "when", "got", "sha256"]
    assert table[1].startswith("empty")
    assert "leaves after 2 more" in table[2]


async def test_what_cannot_be_done_is_said_and_seen_in_the_status(ann: Person) -> None:
    (ann.folder / "good").write_bytes(b"x")
    (ann.folder / "folder").mkdir()
    with (ann.folder / "big").open("wb") as file:
        file.truncate(50 * MEGABYTES + 1)
    sent = await ann.send("missing", "folder", "big", "good")
    assert sent.status == 1
    assert sent.out == "Sent good (1 byte)\n"
    assert sent.err.splitlines() == [
        "salon: File missing doesn't exist",
        "salon: File folder doesn't exist",
        "salon: File big is too large (limit 50000000 bytes)",
    ]
    got = await ann.run("get", "nothing", "good", "../good", "-o", "saved/")
    assert got.status == 1
    assert got.err.splitlines() == [
        "salon: The nothing doesn't exist",
        f"salon: File good cannot be saved in saved: {os.strerror(2)}.",
        "salon: This cannot be a file's name: it names a place, not a file.",
    ]
    assert (await ann.run("files", "--room", "nowhere")).status == 1
    assert (await ann.run("send", "--room", "../x", "good")).status == 2
    assert (await ann.run("send")).status == 2
    for command in ("send", "get", "files"):
        assert (await ann.run(command, "--help")).status == 0


async def test_what_will_be_pushed_out_is_said_first(ann: Person) -> None:
    for name in "abcd":
        (ann.folder / name).write_bytes(name.encode())
    sent = await ann.send("a", "b", "c", "d")
    assert sent.err == "a leaves the shelf when d is there.\n"
    assert [file["name"] for file in json.loads((await ann.run("files", "--json")).out)] == ["d", "c", "b"]
    assert (await ann.run("get", "a")).status == 1


async def test_without_a_server(tmp_path: Path) -> None:
    ann = Person(tmp_path / "ann", free_port())
    (ann.folder / "a").write_bytes(b"x")
    (ann.folder / "b").write_bytes(b"x")
    sent = await ann.send("a", "b")
    assert sent.status == 1
    assert sent.err == f"salon: No Salon answers at 127.0.0.1:{ann.port}: connection refused.\n"
    for words in (("get", "a"), ("files",), ("files", "--json")):
        done = await ann.run(*words)
        assert (done.status, done.out) == (1, "")
        assert done.err.count("\n") == 1


async def test_a_room_without_files(ann: Person) -> None:
    assert (
        await ann.run("files", "--room", "lobby")
    ).out == "There are no files in lobby. salon send FILE puts one there.\n"
    assert (await ann.run("files", "--room", "lobby", "--json")).out == "[]\n"


async def test_nobodys_name_is_taken(ann: Person, server: Program, tmp_path: Path) -> None:
    from salon.client import connect

    (ann.folder / "a").write_bytes(b"x")
    async with connect(server.address, name="ann", secret="ab" * 16, folder=tmp_path):
        assert (await ann.send("a")).status == 0
        assert [file["by"] for file in json.loads((await ann.run("files", "--json")).out)] == ["ann(2)"]


async def test_a_terminal_sees_how_far_it_is(ann: Person) -> None:
    with (ann.folder / "big\x1b[31m").open("wb") as file:
        file.truncate(1)
    with (ann.folder / "long name of a file that is long.tar.gz").open("wb") as file:
        file.truncate(49 * MEGABYTES)
    mine, theirs = pty.openpty()
    process = await ann.start(
        "send", "--name", "ann", "long name of a file that is long.tar.gz", "big\x1b[31m", err=theirs
    )
    os.close(theirs)
    seen = b""
    loop = asyncio.get_running_loop()
    try:
        while data := await loop.run_in_executor(None, os.read, mine, 65536):
            seen += data
    except OSError:  # the end of a terminal, on Linux
        pass
    os.close(mine)
    out, _ = await process.communicate()
    assert process.returncode == 1
    assert out == b"Sent long name of a file that is long.tar.gz (46.7 MiB)\n"
    drawn = seen.decode().split("\r\x1b[K")
    bars = [line for line in drawn if "%" in line]
    assert bars
    assert all("…" in bar and ".tar.gz" in bar for bar in bars)
    assert all("░" in bar or "█" in bar for bar in bars)
    assert all(len(line.strip()) < 80 for line in bars)
    assert "\x1b[31m" not in seen.decode()


async def test_whoever_closes_the_pipe_does_not_hear_of_it(ann: Person) -> None:
    (ann.folder / "a").write_bytes(b"x")
    mine, theirs = os.pipe()
    os.close(mine)
    process = await ann.start("send", "--name", "ann", "a", out=theirs)
    os.close(theirs)
    _, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")


async def test_what_a_hostile_server_says_does_not_reach_the_terminal_raw(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = b'{"code": "x", "message": "\\u001b[2Jgone", "retry": false}'
        shown = b"" if head.startswith(b"HEAD") else body
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n%b" % (len(body), shown))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    ann = Person(tmp_path / "ann", server.sockets[0].getsockname()[1])
    (ann.folder / "a").write_bytes(b"x")
    for words in (("files",), ("send", "a"), ("get", "b")):
        done = await ann.run(*words)
        assert (done.status, done.err) == (1, "salon: \\x1b[2Jgone\n")
    server.close()
