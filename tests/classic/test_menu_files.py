"""Files from person to person in the menu chat, through pipes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.classic.menus import GOODBYE, MENU, SAID, menu
from tests.support.filing import some_bytes, sparse
from tests.support.servers import PATIENCE, free_port, serving

pytestmark = pytest.mark.anyio

ASKED = f"Who owns the file?\nWhich file do you want?\n{MENU}"
FISH = some_bytes(3_000_001)
NAME = "Ameca_splendens.jpg"


async def appears(path: Path, data: bytes) -> None:
    """Wait until the file is there, whole: it never is there in another way."""
    await happens(path.exists)
    assert path.read_bytes() == data


async def happens(condition: Callable[[], object]) -> None:
    """Wait for what another program does to a folder."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- no system tells of it in the same way
            await asyncio.sleep(0.005)


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.part"))


async def test_the_example_to_the_letter_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / NAME).write_bytes(FISH)
    async with serving() as at, menu(at.port, tmp_path / "one", "client1") as first:
        async with menu(at.port, tmp_path / "two", "client2") as program:
            program.type("m", "hello!", "f", "client1", NAME, "m", "another important message!")
            await program.expect(f"{SAID}{ASKED}{SAID}")
            await appears(tmp_path / "two" / NAME, FISH)
            program.type("x")
            end = await program.end()
            assert (end.status, end.out) == (0, GOODBYE)
            assert end.err in (f"{NAME} came from client1 ({way}).\n" for way in ("direct", "through the server"))
        await first.expect("client2: hello!\nclient2: another important message!\n")
        assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [NAME]


async def test_typed_all_at_once_a_small_file_is_still_waited_for(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/a b.txt").write_bytes(b"small")
    async with serving() as at, AsyncExitStack() as stack:
        await stack.enter_async_context(menu(at.port, tmp_path / "one", "client1"))
        program = await stack.enter_async_context(menu(at.port, tmp_path / "two", "client2"))
        program.type("f", "client1", "a b.txt", "x")
        end = await program.end()
        assert (end.status, end.out) == (0, f"{ASKED}{GOODBYE}")
    assert (tmp_path / "two/a b.txt").read_bytes() == b"small"


async def crossing(folder: Path, port: int) -> None:
    """Three start together; words and files cross."""
    names = ("client1", "client2", "client3")
    folder.mkdir()
    for name in names:
        (folder / name).mkdir()
        (folder / name / f"{name}.bin").write_bytes(name.encode() + FISH)
    async with AsyncExitStack() as stack:
        entering = (stack.enter_async_context(menu(port, folder / name, name)) for name in names)
        clients = dict(zip(names, await asyncio.gather(*entering), strict=True))
        for name, client in clients.items():
            others = [one for one in names if one != name]
            asks = [line for one in others for line in ("f", one, f"{one}.bin")]
            client.type("m", f"hello from {name}", *asks, "m", "x")
        for name, client in clients.items():
            others = [one for one in names if one != name]
            await client.heard(*(f"{one}: {text}" for one in others for text in (f"hello from {one}", "x")))
            for one in others:
                await appears(folder / name / f"{one}.bin", one.encode() + FISH)
        for name, client in clients.items():
            client.type("x")
            end = await client.end()
            own = [line for line in end.out.splitlines() if not line.startswith("client")]
            assert "".join(f"{line}\n" for line in own) == f"{SAID}{ASKED}{ASKED}{SAID}{GOODBYE}"
            assert not parts(folder / name)


async def test_three_at_once_with_files_crossing(tmp_path: Path) -> None:
    async with serving() as at:
        await crossing(tmp_path / "round", at.port)


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_three_at_once_twenty_times(tmp_path: Path) -> None:
    for number in range(20):
        async with serving() as at:
            await crossing(tmp_path / f"round{number}", at.port)


async def test_what_cannot_be_had_is_a_line_and_the_owner_lives_on(tmp_path: Path) -> None:
    own = tmp_path / "one"
    own.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (own / "link").symlink_to(tmp_path / "secret")
    (own / "folder").mkdir()
    os.mkfifo(own / "pipe")
    asks = ["no.txt", "link", "folder", "pipe", "../secret", "/etc/passwd", str(tmp_path / "secret"), "..", "a\\b"]
    async with serving() as at, menu(at.port, own, "client1") as first:
        async with menu(at.port, tmp_path / "two", "client2") as program:
            for name in asks:
                program.type("f", "client1", name)
            program.type("f", "nobody", "no.txt", "f", "client2", "no.txt")
            await program.expect(ASKED * (len(asks) + 2))
            program.type("x")
            end = await program.end()
            assert end.err.count("doesn't exist\n") == 4
            assert end.err.count("This cannot be a file's name: it ") == 5
            assert "nobody is not here. Ask again when they are back.\n" in end.err
            assert "You are client2 yourself; what you share is here already.\n" in end.err
            assert not list((tmp_path / "two").iterdir())
        first.type("x")
        assert (await first.end()).err == ""


async def test_asking_oneself_never_harms_the_file(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/fish").write_bytes(FISH)
    async with serving() as at, menu(at.port, tmp_path / "one", "client1") as program:
        program.type("f", "client1", "fish", "x")
        await program.end()
    assert (tmp_path / "one/fish").read_bytes() == FISH


async def test_two_in_one_folder_do_not_harm_the_file_either(tmp_path: Path) -> None:
    (tmp_path / "fish").write_bytes(FISH)
    async with serving() as at, menu(at.port, tmp_path, "client1"), menu(at.port, tmp_path, "client2") as program:
        program.type("f", "client1", "fish", "x")
        await program.end()
    assert (tmp_path / "fish").read_bytes() == FISH


async def test_a_busy_port_is_a_warning_and_files_go_through_the_server(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one/fish").write_bytes(FISH)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with serving() as at, menu(at.port, tmp_path / "one", "client1", port) as first:
            async with menu(at.port, tmp_path / "two", "client2") as program:
                program.type("f", "client1", "fish")
                await appears(tmp_path / "two/fish", FISH)
                program.type("x")
                assert (await program.end()).err == "fish came from client1 (through the server).\n"
            first.type("x")
            warned = (await first.end()).err
            assert warned == f"Port {port} is in use: others get your files through the server only.\n"


async def test_an_owner_who_is_killed_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    sparse(tmp_path / "one/long", 1 << 29)
    two, port = tmp_path / "two", free_port()
    async with serving() as at, menu(at.port, two, "client2") as program:
        async with menu(at.port, tmp_path / "one", "client1", port) as first:
            program.type("f", "client1", "long", "m", "still here")
            await program.expect(f"{ASKED}{SAID}")
            await happens(lambda: any(part.stat().st_size > 1 << 25 for part in parts(two)))
            first.signal(signal.SIGKILL)
        (part,) = parts(two)
        assert not (two / "long").exists()
        stood = part.stat().st_size
        program.type("f", "client1", "long")  # it is asked for already, and goes on by itself
        async with menu(at.port, tmp_path / "one", "client1", port):
            await happens((two / "long").exists)
            assert (two / "long").stat().st_size == 1 << 29 > stood
        program.type("x")
        lines = (await program.end()).err.splitlines()
        assert len(lines) == 2, lines
        assert "% are there" in lines[0]
        assert lines[1].startswith("long came from client1")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, "x"])
async def test_who_ends_in_the_middle_leaves_no_half_file_and_no_socket(tmp_path: Path, how: int | str) -> None:
    (tmp_path / "one").mkdir()
    sparse(tmp_path / "one/long", 1 << 31)
    two, port = tmp_path / "two", free_port()
    async with serving() as at, menu(at.port, tmp_path / "one", "client1") as first:
        async with menu(at.port, two, "client2", port) as program:
            program.type("f", "client1", "long")
            await happens(lambda: parts(two))
            if isinstance(how, str):
                program.type(how)
            else:
                program.signal(how)
            end = await program.end()
            assert end.seconds < 2
        assert not (two / "long").exists()
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
        first.type("m", "I live on", "x")
        assert (await first.end()).status == 0
