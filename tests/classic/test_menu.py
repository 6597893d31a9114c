"""The menu chat, through pipes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from salon.client import Client, connect, new_secret
from tests.classic.programs import CLASSIC, Program, running, server, start
from tests.support.servers import PATIENCE, Server, free_port, serving

pytestmark = pytest.mark.anyio

MENU = "Enter an option ('m', 'f', 'x'):\n  (M)essage (send)\n  (F)ile (request)\n e(X)it\n"
GOODBYE = "closing your sockets...goodbye\n"
SESSION = """
<< client2
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< m
Enter your message:
<< hello!
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< f
Who owns the file?
<< client1
Which file do you want?
<< Ameca_splendens.jpg
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< m
Enter your message:
<< another important message!
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< x
closing your sockets...goodbye
"""


@asynccontextmanager
async def menu(port: int, cwd: Path, name: str | None = None) -> AsyncIterator[Program]:
    """A menu client; where it has a name, with the first menu before it."""
    async with running("menu/ChatClient.py", "-l", free_port(), "-p", port, cwd=cwd) as program:
        if name is not None:
            program.type(name)
            await program.expect(MENU)
        yield program


def other(at: Server, name: str) -> Client:
    """Somebody with another face."""
    return connect(at.address, name=name, secret=new_secret())


async def test_a_session_to_the_letter(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "client1") as first, menu(at.port, tmp_path) as program:
        await program.play(SESSION)
        end = await program.end()
        assert (end.status, end.out) == (0, "")
        assert end.err == "The Ameca_splendens.jpg doesn't exist\n"
        await first.expect("client2: hello!\nclient2: another important message!\n")


async def test_the_whole_input_at_once_means_the_same(tmp_path: Path) -> None:
    typed = [line.removeprefix("<< ") for line in SESSION.splitlines() if line.startswith("<<")]
    written = "".join(f"{line}\n" for line in SESSION.strip().splitlines() if not line.startswith("<<"))
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path) as program:
        program.type(*typed)
        end = await program.end()
        assert (end.status, end.out) == (0, written)
        said = aiter(ann)
        assert [(await anext(said)).text for _ in range(2)] == ["hello!", "another important message!"]


async def test_one_hears_the_others_and_never_oneself(tmp_path: Path) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", "hi all")
        await bob.expect(f"Enter your message:\n{MENU}")
        await ann.say("hi bob")
        await bob.expect("ann: hi bob\n")
        bob.type("x")
        assert (await bob.end()).out == GOODBYE


async def test_upper_case_unknown_letters_empty_lines_and_empty_messages(tmp_path: Path) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("q", "", "M", "", "F", "", "", "M", "  both ends  ", "X")
        await bob.expect(f"{MENU}{MENU}Enter your message:\n{MENU}Who owns the file?\nWhich file do you want?\n{MENU}")
        await bob.expect(f"Enter your message:\n{MENU}{GOODBYE}")
        assert (await bob.end()).err == ""
        assert (await anext(aiter(ann))).text == "  both ends  "


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x", "x"),
        ("upload: a", "upload: a"),
        ('{"type":"exit"}', '{"type":"exit"}'),
        ("eve: forged\neve: once more", "eve: forged\\neve: once more"),
        ("\x1b[2J\x07\x9b", "\\x1b[2J\\x07\\x9b"),
        ("\u202eabc", "\\u202eabc"),
        (MENU, MENU.replace("\n", "\\n")),
    ],
)
async def test_text_that_looks_like_something_else_is_shown_literally(tmp_path: Path, text: str, shown: str) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        await ann.say(text)
        await bob.expect(f"ann: {shown}\n")


@pytest.mark.parametrize("text", ["x", "/quit", '{"type":"exit"}', "want download", "$name", "a" * 1_000_000])
async def test_what_is_typed_as_a_message_is_one(tmp_path: Path, text: str) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", text)
        await bob.expect(f"Enter your message:\n{MENU}")
        assert (await anext(aiter(ann))).text == text


async def test_too_long_a_message_is_told_and_the_menu_goes_on(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", "a" * 1_000_001, "m", "b" * 5_000_000, "", "x")
        end = await bob.end()
        assert end.out == f"Enter your message:\n{MENU}" * 2 + GOODBYE
        assert end.err == (
            "This is too long: 1000001 characters, and at most 1000000 are taken.\nA line has at most 4001024 bytes.\n"
        )


async def test_a_name_in_use_is_numbered_and_its_past_is_not_ones_own(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "bob") as first, other(at, "ann") as ann:
        first.type("m", "I am the first")
        await first.expect(f"Enter your message:\n{MENU}")
        assert (await anext(aiter(ann))).text == "I am the first"
        await ann.say("welcome")
        await first.expect("ann: welcome\n")
        async with menu(at.port, tmp_path, "bob") as second:
            await second.expect("ann: welcome\n")  # and not what a bob said before
            first.type("m", "I still am")
            await second.expect("bob: I still am\n")
            second.type("m", "me too", "x")
            end = await second.end()
            assert (end.status, end.err) == (0, "You are called bob(2) here.\n")
        await first.expect(f"Enter your message:\n{MENU}bob(2): me too\n")


async def test_a_name_that_cannot_be_is_mended(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "a:b") as bob:
        bob.type("x")
        assert (await bob.end()).err == "You are called a_b here.\n"


@pytest.mark.parametrize("how", ["x", "end of input", "SIGTERM", "SIGINT"])
async def test_each_way_to_end_it(tmp_path: Path, how: str) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", "my last words")
        await bob.expect(f"Enter your message:\n{MENU}")
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


@pytest.mark.parametrize(
    "arguments",
    [[], ["-p", "1"], ["-l", "1"], ["-l", "1", "-p", "0"], ["-l", "1", "-p", "x"], ["-l", "65536", "-p", "1"], ["x"]],
)
async def test_wrong_arguments(tmp_path: Path, arguments: list[str]) -> None:
    program = await start("menu/ChatClient.py", *arguments, cwd=tmp_path)
    end = await program.end()
    assert (end.status, end.out) == (2, "")
    assert end.err.startswith("usage: ChatClient.py [-h] -l PORT -p PORT [-s HOST]\n")


@pytest.mark.parametrize("arguments", [[], ["x"], ["70000"], ["1", "2"]])
async def test_wrong_arguments_of_the_server(tmp_path: Path, arguments: list[str]) -> None:
    end = await (await start("menu/ChatServer.py", *arguments, cwd=tmp_path)).end()
    assert (end.status, end.out) == (2, "")
    assert end.err.startswith("usage: ChatServer.py [-h] PORT\n")


async def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    async with serving() as at:
        end = await (await start("menu/ChatServer.py", at.port, cwd=tmp_path)).end()
        assert (end.status, end.out, end.err.count("\n")) == (2, "", 1)
        assert f"Port {at.port} on 127.0.0.1 is in use." in end.err


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


NAMES = ("client1", "client2", "client3")


async def start_together(folder: Path) -> None:
    """Three clients whose whole input is there at once miss none of the others' first words."""
    async with serving() as at, AsyncExitStack() as stack:
        entering = (stack.enter_async_context(menu(at.port, folder)) for _ in NAMES)
        clients = dict(zip(NAMES, await asyncio.gather(*entering), strict=True))
        for name, client in clients.items():
            client.type(name, "m", f"hello from {name}")
        for name, client in clients.items():
            others = [f"{one}: hello from {one}" for one in NAMES if one != name]
            await client.heard(*others)
            client.type("x")
            end = await client.end()
            lines = end.out.splitlines()
            assert [lines.count(line) for line in others] == [1, 1]
            own = "".join(f"{line}\n" for line in lines if line not in others)
            assert own == f"{MENU}Enter your message:\n{MENU}{GOODBYE}"


@pytest.mark.slow
async def test_three_who_start_together_hear_each_others_first_words(tmp_path: Path) -> None:
    """Twenty times out of twenty, four at a time."""
    for _ in range(5):
        async with asyncio.TaskGroup() as rounds:
            for _ in range(4):
                rounds.create_task(start_together(tmp_path))


@pytest.mark.slow
async def test_the_menu_is_there_within_half_a_second(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with serving() as at:
        took = []
        for name in NAMES:
            begin = loop.time()
            async with menu(at.port, tmp_path, name):
                took.append(loop.time() - begin)
        assert min(took) < 0.5
