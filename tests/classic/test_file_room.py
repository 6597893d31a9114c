"""The file room, through pipes and at a terminal."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from salon.faces.file_room.orders import HELP
from tests.classic.programs import Program, running, start, terminal
from tests.support.servers import free_port

pytestmark = pytest.mark.anyio

COMMANDS = "".join(f"{line}\n" for line in HELP)
LEFT = "f1.bin left the shelf (the 5 newest are kept)\n"


@asynccontextmanager
async def room_server(port: int, cwd: Path) -> AsyncIterator[Program]:
    """The server, once it listens. It says so, and that everybody can come in."""
    async with running("shelf/server.py", port, cwd=cwd) as program:
        await program.until(lambda: program.out.count("\n") == 3)
        assert program.out.startswith(f"Salon is listening on http://0.0.0.0:{port}\n")
        yield program


@asynccontextmanager
async def client(port: int, cwd: Path, name: str) -> AsyncIterator[Program]:
    """Somebody who has come in, in a folder of their own."""
    folder = cwd / name
    folder.mkdir(exist_ok=True)
    async with running("shelf/client.py", "127.0.0.1", port, cwd=folder) as program:
        program.type(name)
        await program.expect(f"Enter your name: {COMMANDS}")
        yield program


async def test_six_files_and_a_restart(tmp_path: Path) -> None:
    port = free_port()
    home, carl_s = tmp_path / "server", tmp_path / "carl"
    home.mkdir()
    carl_s.mkdir()
    for n in range(1, 7):
        (carl_s / f"f{n}.bin").write_bytes(bytes(range(256)) * n)
    shelf = (
        "1. f2.bin (512 bytes)\n2. f6.bin (1.5 KiB)\n3. f5.bin (1.2 KiB)\n4. f4.bin (1.0 KiB)\n5. f3.bin (768 bytes)\n"
    )
    async with room_server(port, home), client(port, tmp_path, "dora") as dora:
        async with client(port, tmp_path, "carl") as carl:
            await dora.expect("carl has joined the room.\n")
            await _six_files_go_round(carl, dora)
            carl.type("/quit")
            assert (await carl.end()).status == 0
        await dora.expect("carl has left the room.\n")
        dora.type("/files")
        await dora.expect(shelf)
    by_name = {path.name: path.read_bytes() for path in (home / "SERVER_FILES" / "lobby").iterdir()}
    assert by_name == {f"f{n}.bin": (carl_s / f"f{n}.bin").read_bytes() for n in range(2, 7)}

    async with room_server(port, home), client(port, tmp_path, "dora") as dora:
        dora.type("/files", "download: f2.bin", "download: f1.bin")
        dora.close_input()
        status, out, err, _ = await dora.end()
        assert (status, err) == (0, "")
        assert out.startswith(shelf)
        assert sorted(out.removeprefix(shelf).splitlines()) == ["Saved downloads/f2.bin", "The f1.bin doesn't exist"]
    downloads = {path.name: path.read_bytes() for path in (tmp_path / "dora" / "downloads").iterdir()}
    assert downloads == {"f2.bin": (carl_s / "f2.bin").read_bytes()}


async def _six_files_go_round(carl: Program, dora: Program) -> None:
    """Carl sends one more than the shelf keeps, and the second again; Dora hears of each."""
    carl.type("to everyone")
    for one in (carl, dora):  # its sender too, and once
        await one.expect("carl: to everyone\n")
    carl.type(*(f"upload: f{n}.bin" for n in range(1, 7)))  # all at once: they stay in this order
    for n in range(1, 7):
        await dora.expect(f"User carl uploaded the f{n}.bin file\n")
    await dora.expect(LEFT)
    await carl.until(lambda: LEFT in carl.out)
    assert "f1.bin leaves the shelf when f6.bin is there.\n" in carl.out
    carl.type("upload: f2.bin")  # the same name again is newly received, and pushes nothing out
    await dora.expect("User carl uploaded the f2.bin file\n")


async def test_too_large_is_said_and_nothing_leaves(tmp_path: Path) -> None:
    port = free_port()
    async with room_server(port, tmp_path), client(port, tmp_path, "ann") as ann:
        with (tmp_path / "ann" / "large").open("wb") as file:
            file.truncate(100 * 1024 * 1024 + 1)
        ann.type("upload: large")
        await ann.expect("File large is too large (limit 104857600 bytes)\n")
        ann.type("upload: nope.txt", "/files", "/what", "/help", "\\upload: x", "//x")
        await ann.until(lambda: "ann: /x\n" in ann.out and "nope" in ann.out)
        assert "File nope.txt doesn't exist\n" in ann.out
        assert "There are no files on the shelf. upload: PATH puts one there.\n" in ann.out
        assert "There is no command /what." in ann.out
        assert COMMANDS in ann.out
        assert "ann: upload: x\n" in ann.out


async def test_it_asks_for_what_is_missing(tmp_path: Path) -> None:
    port = free_port()
    async with room_server(port, tmp_path):
        async with running("shelf/client.py", cwd=tmp_path) as program:
            program.type("", str(port), "ann", "hi", "/quit")
            asked = "Enter host: Enter port: Enter your name: "
            assert (await program.end())[:3] == (0, f"{asked}{COMMANDS}ann: hi\n", "")
        async with running("shelf/client.py", "localhost", cwd=tmp_path) as program:
            program.type(str(port), "ann")
            program.close_input()
            assert (await program.end())[:3] == (0, f"Enter port: Enter your name: {COMMANDS}", "")


async def test_through_pipes_a_name_in_use_is_numbered(tmp_path: Path) -> None:
    port = free_port()
    second_bob = running("shelf/client.py", "127.0.0.1", port, cwd=tmp_path)
    async with room_server(port, tmp_path), client(port, tmp_path, "bob"), second_bob as second:
        second.type("bob")
        await second.expect(f"Enter your name: You are called bob(2) here.\n{COMMANDS}")


async def test_a_port_that_is_none(tmp_path: Path) -> None:
    async with running("shelf/client.py", "127.0.0.1", cwd=tmp_path) as program:
        program.type("many")
        assert (await program.end())[:3] == (2, "Enter port: ", "127.0.0.1:many is not HOST:PORT.\n")


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [((), "Enter host: "), (("127.0.0.1",), "Enter port: "), (("127.0.0.1", 0), "Enter your name: ")],
)
async def test_the_input_ends_before_one_is_in(tmp_path: Path, arguments: tuple[object, ...], asked: str) -> None:
    port = free_port()
    async with room_server(port, tmp_path):
        command = [port if argument == 0 else argument for argument in arguments]
        async with running("shelf/client.py", *command, cwd=tmp_path) as program:
            program.close_input()
            assert (await program.end())[:3] == (0, asked, "")


async def test_nobody_there(tmp_path: Path) -> None:
    port = free_port()
    end = await (await start("shelf/client.py", "127.0.0.1", port, cwd=tmp_path)).end()
    assert end[:3] == (1, "", f"No Salon answers at 127.0.0.1:{port}: connection refused.\n")


async def test_the_server_goes_and_comes_back(tmp_path: Path) -> None:
    port = free_port()
    async with running("shelf/server.py", port, cwd=tmp_path) as first:
        await first.until(lambda: first.out.count("\n") == 3)
        async with client(port, tmp_path, "ann") as ann:
            first.process.kill()
            await first.end()
            await ann.until(lambda: "Looking for it.\n" in ann.out)
            async with room_server(port, tmp_path):
                await ann.until(lambda: "The line is back.\n" in ann.out)
                ann.type("here again", "/quit")
                assert (await ann.end()).out.endswith("ann: here again\n")


async def test_a_port_on_the_command_line_that_is_none(tmp_path: Path) -> None:
    end = await (await start("shelf/client.py", "127.0.0.1", "many", cwd=tmp_path)).end()
    assert (end.status, end.out) == (2, "")
    assert "many is not a port (1 to 65535)" in end.err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
async def test_at_a_terminal_one_is_asked_again(tmp_path: Path) -> None:
    port = free_port()
    at = room_server(port, tmp_path)
    async with at, client(port, tmp_path, "bob"), terminal("shelf/client.py", cwd=tmp_path) as person:
        await person.shows("Enter host: ")
        person.type("\n")
        await person.shows("Enter port: ")
        person.type("many\n")
        await person.shows("127.0.0.1:many is not HOST:PORT.\nEnter port: ")
        person.type(f"{port}\n")
        await person.shows("Enter your name: ")
        person.type("bob\n")
        await person.shows('Name "bob" is taken. Try another.\nEnter your name: ')
        person.type("ann\n")
        await person.shows(COMMANDS)
        person.type("x" * 10 + "\n")
        await person.shows("ann: xxxxxxxxxx\n")
        person.type("/quit\n")
