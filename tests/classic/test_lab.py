"""The lab chat, through pipes and at a terminal, with Salon and with another server of that lab."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from salon.client import connect, new_secret
from tests.classic.programs import Program, running, server, start, terminal
from tests.support.servers import free_port, serving

pytestmark = pytest.mark.anyio

ASKED = "Enter your name: Enter the room: "
CONNECTED = f"{ASKED}Connected to the room.\n"
DISCONNECTED = "Disconnected from the room.\n"


@asynccontextmanager
async def lab(port: int, cwd: Path, name: str, room: str = "r1") -> AsyncIterator[Program]:
    """A lab client that has come in."""
    async with running("lab/client.py", "--port", port, cwd=cwd) as program:
        program.type(name, room)
        await program.expect(CONNECTED)
        yield program


async def test_two_people_talk_in_a_room_and_a_third_does_not_hear_them(tmp_path: Path) -> None:
    async with server("lab/server.py", "--port", port := free_port(), cwd=tmp_path) as at:
        async with lab(port, tmp_path, "eve", "r2") as eve, lab(port, tmp_path, "ann") as ann:
            async with lab(port, tmp_path, "bob") as bob:
                await ann.expect("bob has joined the room.\n")
                ann.type("hello: bob", "", "\\exit", "  as typed  ")
                await bob.expect("ann: hello: bob\nann: exit\nann:   as typed  \n")
                bob.type('{"type":"exit"}', "exit")
                await ann.expect('bob: {"type":"exit"}\nbob has left the room.\n')
                assert (await bob.end())[:3] == (0, DISCONNECTED, "")
            ann.type("exit")
            eve.type("exit")
            for one in (ann, eve):
                assert (await one.end())[:3] == (0, DISCONNECTED, "")
        await at.until(lambda: "eve left r2" in at.out)
        media = tmp_path / "SERVER_MEDIA"
        assert (media / ".salon").is_dir()
        assert stat.S_IMODE(media.stat().st_mode) == 0o700


async def test_nothing_typed_for_the_room_is_the_lobby(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(serving())
        eve = await stack.enter_async_context(connect(at.address, name="eve", secret=new_secret()))
        ann = await stack.enter_async_context(lab(at.port, tmp_path, "ann", ""))
        await eve.say("to the lobby")
        await ann.expect("eve: to the lobby\n")
        ann.type("a" * 1_000_000)
        messages = aiter(eve)
        assert (await anext(messages)).text == "to the lobby"
        assert (await anext(messages)).text == "a" * 1_000_000


async def test_what_the_server_refuses_is_shown_and_one_goes_on(tmp_path: Path) -> None:
    async with serving() as at, lab(at.port, tmp_path, "ann") as ann:
        ann.type("a" * 1_000_001)
        await ann.expect("This is too long: 1000001 characters, and at most 1000000 are taken.\n")
        ann.type("upload: a.txt", "exit")
        assert (await ann.end())[:2] == (0, f"File a.txt doesn't exist\n{DISCONNECTED}")


@pytest.mark.parametrize("how", ["exit", "end of input", "SIGTERM"])
async def test_each_way_to_end_it(tmp_path: Path, how: str) -> None:
    async with serving() as at, lab(at.port, tmp_path, "ann") as ann, lab(at.port, tmp_path, "bob") as bob:
        bob.type("my last words")
        await ann.expect("bob has joined the room.\nbob: my last words\n")
        if how == "exit":
            bob.type("exit")
        elif how == "end of input":
            bob.close_input()
        else:
            bob.signal(signal.SIGTERM)
        assert (await bob.end())[:3] == (0, DISCONNECTED, "")
        await ann.expect("bob has left the room.\n")


@pytest.mark.parametrize("typed", [[], ["ann"]])
async def test_the_input_ends_before_one_is_in(tmp_path: Path, typed: list[str]) -> None:
    async with serving() as at, running("lab/client.py", "--port", at.port, cwd=tmp_path) as program:
        program.type(*typed)
        program.close_input()
        end = await program.end()
        assert (end.status, ASKED.startswith(end.out), end.err) == (0, True, "")


async def test_the_whole_input_at_once(tmp_path: Path) -> None:
    async with serving() as at, lab(at.port, tmp_path, "ann") as ann:
        async with running("lab/client.py", "--port", at.port, cwd=tmp_path) as program:
            program.type("bob", "r1", "one", "two", "exit", "never said")
            program.close_input()
            end = await program.end()
            assert (end.status, end.out) == (0, f"{CONNECTED}{DISCONNECTED}")
        await ann.expect("bob has joined the room.\nbob: one\nbob: two\nbob has left the room.\n")


async def test_through_pipes_a_name_in_use_is_numbered(tmp_path: Path) -> None:
    async with serving() as at, lab(at.port, tmp_path, "bob"), lab(at.port, tmp_path, "bob") as second:
        await second.expect("You are called bob(2) here.\n")


async def test_through_pipes_a_room_that_cannot_be_is_the_end(tmp_path: Path) -> None:
    async with serving() as at, running("lab/client.py", "--port", at.port, cwd=tmp_path) as program:
        program.type("ann", "../x")
        end = await program.end()
        assert (end.status, end.out, end.err.count("\n")) == (2, ASKED, 1)
        assert end.err.startswith("This cannot be a room's name:")


async def test_nobody_there(tmp_path: Path) -> None:
    port = free_port()
    async with running("lab/client.py", "--port", port, cwd=tmp_path) as program:
        end = await program.end()
        assert end[:3] == (1, "", f"No Salon answers at 127.0.0.1:{port}: connection refused.\n")


async def test_the_server_goes(tmp_path: Path) -> None:
    port = free_port()
    async with server("lab/server.py", "--port", port, cwd=tmp_path) as at, lab(port, tmp_path, "ann") as ann:
        at.signal(signal.SIGKILL)
        end = await ann.end()
        assert end[:3] == (1, "", f"The connection to 127.0.0.1:{port} was lost.\n")


async def test_two_servers_never_share_a_folder(tmp_path: Path) -> None:
    async with server("lab/server.py", "--port", free_port(), cwd=tmp_path) as first:
        end = await (await start("lab/server.py", "--port", free_port(), cwd=tmp_path)).end()
        assert (end.status, end.out, end.err.count("\n")) == (1, "", 1)
        assert str(first.process.pid) in end.err


@pytest.mark.parametrize("arguments", [["--host", "192.0.2.1"], ["--port", "x"]])
async def test_where_the_server_cannot_listen(tmp_path: Path, arguments: list[str]) -> None:
    end = await (await start("lab/server.py", *arguments, cwd=tmp_path)).end()
    assert (end.status, end.out, end.err.count("\n")) == (2, "", 1)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[int]:
    """Another server, for one client; its port."""
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1]


async def test_another_server_of_the_lab(tmp_path: Path) -> None:
    """It puts nothing between its documents, tears them apart, and knows no field that the lab does not."""
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.put_nowait(await reader.read(1024))
        for piece in ('{"type":"connect_ack","payl', 'oad":{"message":"Connected to the room."}}', *_SAID, *_ODD):
            writer.write(piece.encode())
            await writer.drain()
        got.put_nowait(await reader.read(1024))
        got.put_nowait(await reader.read(1024))
        writer.write(b'{"type":"exit_ack","payload":{"message":"Disconnected from the room."}}')
        writer.close()

    async with listening(serve) as port, lab(port, tmp_path, "ann") as ann:
        await ann.expect("bob has joined the room.\nbob: hi}\nbob: after the odd ones\n")
        connect_document = json.loads(await got.get())
        assert connect_document["type"] == "connect"
        assert connect_document["payload"].items() >= {"name": "ann", "room": "r1"}.items()
        ann.type("hello")
        said = {"sender": "ann", "room": "r1", "text": "hello"}
        assert json.loads(await got.get()) == {"type": "message", "payload": said}
        ann.type("exit")
        assert json.loads(await got.get()) == {"type": "exit", "payload": {}}
        assert (await ann.end())[:3] == (0, DISCONNECTED, "")


_SAID = (
    '{"type":"notification","payload":{"message":"bob has joined the room."}}',
    '{"type":"message","payload":{"sender":"bob","room":"r1","text":"hi}"}}',
)
_ODD = ('{"type":7}', '{"no":"type"}{"type":"message","payload":{"sender":"bob","text":"after the odd ones"}}')


async def test_something_else_than_a_chat(tmp_path: Path) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with listening(serve) as port, running("lab/client.py", "--port", port, cwd=tmp_path) as program:
        program.type("ann", "r1")
        end = await program.end()
        assert (end.status, end.out) == (1, ASKED)
        assert re.fullmatch(r"No Salon answers at \S+: something else answers there\.\n", end.err)


# at a terminal


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
async def test_at_a_terminal_one_is_asked_again(tmp_path: Path) -> None:
    async with (
        serving() as at,
        lab(at.port, tmp_path, "bob"),
        terminal("lab/client.py", "--port", at.port, cwd=tmp_path) as person,
    ):
        await person.shows("Enter your name: ")
        person.type("bob\n")
        await person.shows("Enter the room: ")
        person.type("../x\n")
        await person.shows("Try another.\nEnter the room: ")
        person.type("r1\n")
        await person.shows('Name "bob" is taken. Try another.\nEnter your name: ')
        person.type("a:b\n")
        await person.shows("This cannot be a person's name: it has a colon. Try another.\nEnter your name: ")
        person.type("ann\n")
        await person.shows("Connected to the room.\n")
        person.type("exit\n")
        await person.shows(DISCONNECTED)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
async def test_at_a_terminal_the_end_of_the_input_is_the_end(tmp_path: Path) -> None:
    async with (
        serving() as at,
        lab(at.port, tmp_path, "bob"),
        terminal("lab/client.py", "--port", at.port, cwd=tmp_path) as person,
    ):
        await person.shows("Enter your name: ")
        person.type("bob\nr1\n")
        await person.shows("Try another.\nEnter your name: ")
        person.type("\x04")
