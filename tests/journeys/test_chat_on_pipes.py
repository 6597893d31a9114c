"""`salon chat` through pipes, as a program beside a server in this process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import salon
from salon.client import new_secret
from tests.support.chats import PipedChat, chatting
from tests.support.eventually import eventually
from tests.support.servers import environment, free_port, serving
from tests.support.servers import salon as command

pytestmark = pytest.mark.anyio


def run(*arguments: str, said: bytes = b"", folder: Path, timeout: float = 20) -> subprocess.CompletedProcess[bytes]:
    """`salon chat` to its end."""
    return subprocess.run(
        command("chat", *arguments),
        input=said,
        capture_output=True,
        timeout=timeout,
        env=environment(folder),
        check=False,
    )


async def test_every_entry_is_a_line_and_everything_else_a_notice(tmp_path: Path) -> None:
    async with serving() as server, chatting("ann", server.address, tmp_path / "a") as ann:
        await ann.say("first")
        await ann.until_heard(1)
        async with chatting("bob", server.address, tmp_path / "b") as bob:
            await ann.until_noticed("* bob joined.")
            await bob.say(
                "  exactly as typed ", "", "   ", "//slash", "/nope", b"bytes \xff \x1b[31m \xc2\x9b1m", "x\r"
            )
            await ann.until_heard(5)
            assert await bob.end() == 0
            assert bob.notices == ["* There is no command /nope. /help tells them all; // says a / as it is."]
        await ann.until_noticed("* bob left.")
        assert await ann.end() == 0
    assert ann.heard == ["ann: first", *bob.heard]
    assert bob.heard == [
        "bob:   exactly as typed ",
        "bob: /slash",
        "bob: bytes \ufffd \\x1b[31m \\x9b1m",
        "bob: x",
    ]


async def test_every_command(tmp_path: Path) -> None:
    async with serving() as server, salon.connect(server.address, name="bob", secret=new_secret()) as bob:
        for n in range(1, 9):
            await bob.say(f"{n}")
        async with chatting("ann", server.address, tmp_path) as ann:
            await _ask_everything(ann)
            await ann.say("helo", "/to bob psst", "again")
            await ann.until_heard(3)
            assert sorted(ann.heard) == ["ann (to bob): psst", "ann: again", "ann: helo"]
            await ann.say("/edit hello again", "/edit 10 hello")
            await ann.until_noticed("* ann edited message 10: hello")
            await ann.say("/delete")
            await ann.until_noticed("* ann deleted message 11.")
            await bob.say("to you", to="ann")
            await ann.until_heard(4)
            assert ann.heard[3] == "bob (to you): to you"
            assert await ann.end() == 0


async def _ask_everything(ann: PipedChat) -> None:
    for line, notice in (
        ("/who", "* 2 in lobby: bob, ann"),
        ("/topic", "* lobby has no topic."),
        ("/topic Tea", "* ann set the topic: Tea"),
        ("/edit x", "* You have said nothing here that could be changed."),
        ("/to nobody hi", "* nobody is not here. Ask again when they are back."),
        ("/history 2", "#8 bob: 8"),
        ("/history 5", "#2 bob: 2"),
        ("/history 5", "#1 bob: 1"),
        ("/history 5", "* There is nothing older."),
        ("/join Tea Room", "* You are in Tea Room."),
        ("/topic Biscuits", "* ann set the topic: Biscuits"),
        ("/topic", "* Biscuits"),
        ("/rooms", "* Tea Room (1 entries, 1 here): Biscuits"),
        ("/leave", "* You left Tea Room and are in lobby."),
        ("/join Tea Room", "* You are in Tea Room. Biscuits"),
        ("/join lobby", "* You are in lobby. Tea"),
        ("/help", "* //x                 says /x"),
    ):
        await ann.say(line)
        await ann.until_noticed(notice)


async def test_quit_is_the_end_of_the_input(tmp_path: Path) -> None:
    async with serving() as server:
        ended = await asyncio.to_thread(
            run, "--server", server.address, "--name", "ann", said=b"hi\n/quit\nnever", folder=tmp_path
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"ann: hi\n", b"")
        await eventually(lambda: not server.hall.register)  # a goodbye: nobody waits for her to come back


async def test_everything_of_a_long_input_is_said_before_the_end(tmp_path: Path) -> None:
    lines = [f"line {n} {'x' * 50}" for n in range(5_000)]
    async with serving() as server:
        ended = await asyncio.to_thread(
            run, "--server", server.address, "--name", "ann", said="\n".join(lines).encode(), folder=tmp_path
        )
        assert ended.returncode == 0
        assert ended.stdout.decode().splitlines() == [f"ann: {line}" for line in lines]
        assert ended.stderr == b""


async def test_without_a_name_it_is_the_login_name(tmp_path: Path) -> None:
    async with serving() as server:
        ended = await asyncio.to_thread(
            subprocess.run,
            command("chat", "--server", server.address),
            input=b"hi",
            capture_output=True,
            env=environment(tmp_path, LOGNAME="dora"),
        )
        assert ended.stdout == b"dora: hi\n"


async def test_a_name_that_is_taken_is_numbered_because_nobody_can_be_asked(tmp_path: Path) -> None:
    async with (
        serving() as server,
        salon.connect(server.address, name="ann", secret=new_secret()),
        chatting("ann", server.address, tmp_path) as other,
    ):
        await other.until_noticed("You are called ann(2) here.")
        await other.say("hello")
        await other.until_heard(1)
        assert other.heard == ["ann(2): hello"]
        assert await other.end() == 0


@pytest.mark.parametrize(
    ("server", "status", "sentence"),
    [
        ("nowhere.invalid:1", 1, "No Salon answers at nowhere.invalid:1: there is no such host."),
        ("127.0.0.1:port", 2, "127.0.0.1:port is not HOST:PORT."),
    ],
)
async def test_no_server_is_one_line(tmp_path: Path, server: str, status: int, sentence: str) -> None:
    ended = run("--server", server, "--name", "ann", said=b"hi", folder=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr.decode()) == (status, b"", f"salon: {sentence}\n")


async def test_nobody_listens_there(tmp_path: Path) -> None:
    port = free_port()
    ended = run("--server", f":{port}", "--name", "ann", folder=tmp_path)
    sentence = f"salon: No Salon answers at 127.0.0.1:{port}: connection refused.\n"
    assert (ended.returncode, ended.stdout, ended.stderr.decode()) == (1, b"", sentence)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_being_told_to_stop_is_a_goodbye(tmp_path: Path, number: signal.Signals, status: int) -> None:
    async with serving() as server, chatting("ann", server.address, tmp_path) as ann:
        await ann.say("hi")
        await ann.until_heard(1)
        ann.tell(number)
        assert await ann.ended(5) == status
        assert ann.notices == []
        await eventually(lambda: not server.hall.register)


async def test_being_told_to_stop_while_the_server_is_away(tmp_path: Path) -> None:
    async with serving() as server, chatting("ann", server.address, tmp_path) as ann:
        await ann.say("hi")
        await ann.until_heard(1)
        await server.stop()
        await ann.until_noticed("The line to the server is gone")
        await ann.say("is anybody there?")
        ann.tell(signal.SIGTERM)
        assert await ann.ended(5) == 0
        await server.start()


async def test_restarts_are_silent_on_standard_output(tmp_path: Path) -> None:
    async with serving() as server, chatting("ann", server.address, tmp_path) as ann:
        await ann.say("before")
        await ann.until_heard(1)
        await server.stop()
        await ann.until_noticed("* The line to the server is gone: the server closed it. Looking for it.")
        await ann.say("meanwhile", "and more")
        await server.start()
        await ann.until_heard(3)
        assert ann.heard == ["ann: before", "ann: meanwhile", "ann: and more"]
        await ann.until_noticed("* The line is back.")


async def test_whoever_does_not_read_our_output_gets_no_more(tmp_path: Path) -> None:
    """As `salon chat | head -1` does."""
    async with serving() as server:
        process = await asyncio.create_subprocess_exec(
            *command("chat", "--server", server.address, "--name", "ann"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(tmp_path),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"1\n")
        assert await process.stdout.readline() == b"ann: 1\n"
        process.stdout._transport.close()  # type: ignore[attr-defined]
        process.stdin.write(b"2\n3\n")
        async with asyncio.timeout(20):
            assert await process.wait() == 1


async def test_a_secret_that_cannot_be_kept_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "salon").touch()
    async with serving() as server:
        ended = await asyncio.to_thread(run, "--server", server.address, "--name", "ann", said=b"hi", folder=tmp_path)
        assert (ended.returncode, ended.stdout) == (0, b"ann: hi\n")
        assert b"cannot be used" in ended.stderr


def test_help_is_there_at_once_and_brings_nothing_along(tmp_path: Path) -> None:
    program = (
        "import sys; from salon.cli import main\n"
        "try: main(['chat', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('aiohttp', 'msgspec', 'asyncio.sslproto', 'prompt_toolkit') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ})
    assert ended.stdout.decode().splitlines()[-1] == "['asyncio.sslproto']"


def test_the_client_is_light() -> None:
    program = (
        "import sys, salon; cheap = len(sys.modules); salon.connect\n"
        "print('salon.client' in sys.modules, [n for n in ('aiohttp', 'prompt_toolkit') if n in sys.modules])\n"
        "try: salon.nothing\n"
        "except AttributeError as error: print(error)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ})
    assert ended.stdout == b"True []\nmodule 'salon' has no attribute 'nothing'\n"
