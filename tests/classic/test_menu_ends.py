"""How the menu chat ends: by its people, by its server, and where there is none."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.classic.menus import GOODBYE, MENU, SAID, menu, other
from tests.classic.programs import CLASSIC, server
from tests.support.servers import PATIENCE, free_port, serving

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("how", ["x", "end of input", "SIGTERM", "SIGINT"])
async def test_each_way_to_end_it(tmp_path: Path, how: str) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", "my last words")
        await bob.expect(SAID)
        if how == "x":
            bob.type("x")
        elif how == "end of input":
            bob.close_input()
        else:
            bob.signal(signal.Signals[how])
        end = await bob.end()
        assert (end.status, end.out, end.err) == (130 if how == "SIGINT" else 0, GOODBYE, "")
        assert end.seconds < 2
        assert (await anext(aiter(ann))).text == "my last words"
        await ann.say("the server lives on")


@pytest.mark.parametrize("how", ["end of input", "SIGTERM"])
async def test_ending_before_one_has_a_name(tmp_path: Path, how: str) -> None:
    came = asyncio.Event()

    def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        writer.close()

    async with AsyncExitStack() as stack:
        listener = await stack.enter_async_context(await asyncio.start_server(greet, "127.0.0.1", 0))
        program = await stack.enter_async_context(menu(listener.sockets[0].getsockname()[1], tmp_path))
        await asyncio.wait_for(came.wait(), PATIENCE)
        if how == "end of input":
            program.close_input()
        else:
            program.signal(signal.SIGTERM)
        end = await program.end()
        assert (end.status, end.out, end.err) == (0, GOODBYE, "")


async def test_a_server_that_hangs_does_not_keep_anybody(tmp_path: Path) -> None:
    async with server("menu/ChatServer.py", port := free_port(), cwd=tmp_path) as at, AsyncExitStack() as stack:
        ann, bob = [await stack.enter_async_context(menu(port, tmp_path, name)) for name in ("ann", "bob")]
        at.signal(signal.SIGSTOP)
        ann.type("x")
        bob.type("m", "into the void", "x")
        ends = await asyncio.gather(ann.end(), bob.end())
        assert [(end.status, end.out.endswith(GOODBYE), end.err) for end in ends] == [
            (0, True, ""),
            (1, True, f"1 messages were not acknowledged by 127.0.0.1:{port}.\n"),
        ]
        assert max(end.seconds for end in ends) < 2


async def test_nobody_there(tmp_path: Path) -> None:
    port = free_port()
    async with menu(port, tmp_path) as program:
        end = await program.end()
        assert (end.status, end.out) == (1, "")
        assert end.err == f"No Salon answers at 127.0.0.1:{port}: connection refused.\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_the_server_goes_and_comes_back_at_once(tmp_path: Path, number: int) -> None:
    async with server("menu/ChatServer.py", port := free_port(), cwd=tmp_path) as at, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(menu(port, tmp_path, name)) for name in ("ann", "bob")]
        at.signal(number)
        for client in clients:
            end = await client.end()
            assert (end.status, end.out) == (1, "")
            assert end.err == f"The connection to 127.0.0.1:{port} was lost.\n"
        await at.end()
        async with server("menu/ChatServer.py", port, cwd=tmp_path), menu(port, tmp_path, "ann"):
            pass  # it is there, on the same port


async def test_it_ends_where_nobody_reads_what_it_writes(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    async with serving() as at, other(at, "ann") as ann:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CLASSIC / "menu/ChatClient.py"), "-l", "1", "-p", str(at.port)),
            stdin=asyncio.subprocess.PIPE,
            stdout=writing,
            stderr=asyncio.subprocess.PIPE,
            cwd=tmp_path,
        )
        os.close(writing)
        assert process.stdin is not None
        process.stdin.write(b"bob\n")
        assert await asyncio.to_thread(os.read, reading, len(MENU)) == MENU.encode()
        os.close(reading)
        await ann.say("anybody there?")
        async with asyncio.timeout(PATIENCE):
            _, complaint = await process.communicate()
        assert (process.returncode, complaint) == (1, b"")
