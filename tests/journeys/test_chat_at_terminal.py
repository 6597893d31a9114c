"""`salon chat` at a terminal: what a person sees, in tmux."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import salon
from salon.client import Client, new_secret
from tests.support.eventually import eventually
from tests.support.servers import Server, environment, serving
from tests.support.servers import salon as command

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is a terminal to look into; it is not here"),
]

ROWS = 16
SECONDS = 20.0


_numbers = itertools.count()


class Screen:
    """A terminal of its own with `salon chat` in it."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / f"tmux-{next(_numbers)}"
        self._folder = folder

    async def tmux(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", str(self._socket), "-f", "/dev/null", *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def start(self, *arguments: str, **more: str) -> None:
        variables = environment(self._folder, **more)
        changed = [f"{name}={value}" for name, value in variables.items() if os.environ.get(name) != value]
        line = shlex.join(["env", "-u", "NO_COLOR", *changed, *command("chat", *arguments)])
        # What it ended with stays to be seen.
        line = f"{line}; echo status $?; exec sleep 60"
        await self.tmux("new-session", "-d", "-x", "80", "-y", str(ROWS), line)

    async def type(self, text: str) -> None:
        await self.tmux("send-keys", "-l", text)

    async def press(self, *keys: str) -> None:
        await self.tmux("send-keys", *keys)

    async def rows(self) -> list[str]:
        return (await self.tmux("capture-pane", "-p")).splitlines()

    async def raw(self) -> str:
        return await self.tmux("capture-pane", "-p", "-e")

    async def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        """Wait until what is seen is so; it."""
        rows: list[str] = []
        try:
            async with asyncio.timeout(SECONDS):
                while not condition(rows := await self.rows()):
                    pass
        except TimeoutError:
            pytest.fail("This is all that was seen:\n" + "\n".join(rows))
        return rows

    async def shows(self, *texts: str) -> list[str]:
        """Wait until rows end with these texts, in this order."""
        return await self.until(lambda rows: _in_order(rows, texts))

    async def pid(self) -> int:
        shell = (await self.tmux("display-message", "-p", "#{pane_pid}")).strip()
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])


def _in_order(rows: list[str], texts: tuple[str, ...]) -> bool:
    left = iter(rows)
    return all(any(row.endswith(text) for row in left) for text in texts)


@asynccontextmanager
async def screen(tmp_path: Path) -> AsyncIterator[Screen]:
    one = Screen(tmp_path)
    try:
        yield one
    finally:
        with contextlib.suppress(IndexError):  # it has ended already
            os.kill(await one.pid(), signal.SIGTERM)
            await one.shows("status 0")
        await one.tmux("kill-server")


def bob_at(server: Server) -> Client:
    return salon.connect(server.address, name="bob", secret=new_secret())


async def test_what_comes_in_does_not_tear_what_is_being_typed(tmp_path: Path) -> None:
    async with serving() as server, bob_at(server) as bob, screen(tmp_path) as ann:
        await ann.start("--server", server.address, "--name", "ann")
        await ann.shows(">", "lobby · 2 here")
        await ann.type("half a sen")
        await ann.shows("> half a sen")
        for n in range(30):  # more than the screen has rows
            await bob.say(f"line {n}")
        rows = await ann.shows("bob: line 28", "bob: line 29", "> half a sen", "lobby · 2 here")
        assert len([row for row in rows if "half" in row]) == 1
        await ann.type("tence")
        await ann.press("Enter")
        rows = await ann.shows("bob: line 29", "ann: half a sentence", ">")
        assert len([row for row in rows if "half" in row]) == 1


async def test_a_name_is_asked_for_until_one_is_free(tmp_path: Path) -> None:
    async with serving() as server, bob_at(server), screen(tmp_path) as ann:
        await ann.start("--server", server.address)
        await ann.shows("Enter your name:")
        await ann.press("Enter")
        for name, answer in (
            ("bob", 'Name "bob" is taken. Try another.'),
            ("a:b", "This cannot be a person's name: it has a colon. Try another."),
        ):
            await ann.shows("Enter your name:")
            await ann.type(name)
            await ann.press("Enter")
            await ann.shows(answer, "Enter your name:")
        await ann.type("ann")
        await ann.press("Enter")
        await ann.shows(">", "lobby · 2 here")
        assert sorted(server.hall.rooms["lobby"].names) == ["ann", "bob"]


async def test_giving_up_at_the_name(tmp_path: Path) -> None:
    async with serving() as server, screen(tmp_path) as ann:
        await ann.start("--server", server.address)
        await ann.shows("Enter your name:")
        await ann.press("C-d")
        await ann.shows("status 0")


async def test_the_last_twenty_entries_and_their_times(tmp_path: Path) -> None:
    async with serving() as server, bob_at(server) as bob, screen(tmp_path) as ann:
        for n in range(1, 31):
            await bob.say(f"line {n}")
        await ann.start("--server", server.address, "--name", "ann", TZ="UTC")
        rows = await ann.shows("bob: line 29", "bob: line 30", ">")
        (newest,) = [row for row in rows if row.endswith("bob: line 30")]
        assert re.fullmatch(r"\d\d:\d\d bob: line 30", newest)
        history = await ann.tmux("capture-pane", "-p", "-S", "-50")
        assert "bob: line 11" in history
        assert "bob: line 10" not in history
        assert "\n— " in f"\n{history}"  # the day, once, above the first


async def test_orders_typed_ahead_are_done_in_turn_and_seen_once(tmp_path: Path) -> None:
    async with serving() as server, bob_at(server), screen(tmp_path) as ann:
        await ann.start("--server", server.address, "--name", "ann")
        await ann.shows("lobby · 2 here")
        for line in ("/who", "hi", "/join tea", "there", "/nope", "/leave", "/topic Tea"):
            await ann.type(line)
            await ann.press("Enter")
        # Each order is answered in turn, and each room's words come in their order; between the two there is none.
        await ann.shows("ann: hi", "* ann set the topic: Tea", ">", "lobby · 2 here")
        await ann.shows("ann: there", ">")
        rows = await ann.shows(
            "* 2 in lobby: bob, ann",
            "* You are in tea.",
            "* There is no command /nope. /help tells them all; // says a / as it is.",
            "* You left tea and are in lobby.",
            ">",
            "lobby · 2 here",
        )
        assert not [row for row in rows if row.startswith("/")]


async def test_private_words_and_signs_of_typing(tmp_path: Path) -> None:
    async with serving() as server, bob_at(server) as bob, screen(tmp_path) as ann:
        await ann.start("--server", server.address, "--name", "ann")
        await ann.shows("lobby · 2 here")
        bob.room.typing()
        await ann.shows("lobby · 2 here · bob is typing …")
        await bob.say("psst\x1b[2J", to="ann")
        await ann.shows("bob (to you): psst\\x1b[2J")
        await ann.shows("lobby · 2 here")
        events = bob.events()
        await ann.type("well")
        async with asyncio.timeout(SECONDS):
            async for event in events:
                if getattr(event, "kind", "") == "typing":
                    break


async def test_a_server_that_goes_and_comes_back(tmp_path: Path) -> None:
    async with serving() as server, screen(tmp_path) as ann:
        await ann.start("--server", server.address, "--name", "ann")
        await ann.shows("lobby · 1 here")
        await server.stop()
        await ann.shows("* The line to the server is gone: the server closed it. Looking for it.")
        await ann.shows("lobby · 1 here · reconnecting …")
        await ann.type("meanwhile")
        await ann.press("Enter")
        await server.start()
        await ann.shows("* The line is back.", "ann: meanwhile", ">", "lobby · 1 here")


async def test_ctrl_c_takes_back_what_was_typed_and_then_says_goodbye(tmp_path: Path) -> None:
    async with serving() as server, screen(tmp_path) as ann:
        await ann.start("--server", server.address, "--name", "ann")
        await ann.shows("lobby · 1 here")
        await ann.type("never mind")
        await ann.press("C-c")
        rows = await ann.shows(">", "lobby · 1 here")
        assert "never mind" not in "\n".join(rows)
        await ann.press("C-c")
        await ann.shows("status 0")
        await eventually(lambda: not server.hall.register)


@pytest.mark.parametrize("way", ["C-d", "/quit", "SIGTERM", "SIGHUP"])
async def test_ways_out(tmp_path: Path, way: str) -> None:
    async with serving() as server, screen(tmp_path) as ann:
        await ann.start("--server", server.address, "--name", "ann")
        await ann.shows("lobby · 1 here")
        if way.startswith("SIG"):
            os.kill(await ann.pid(), signal.Signals[way])
        elif way == "C-d":
            await ann.press("C-d")
        else:
            await ann.type("last words")
            await ann.press("Enter")
            await ann.type(way)
            await ann.press("Enter")
        rows = await ann.shows("status 0")
        assert way != "/quit" or any(row.endswith("ann: last words") for row in rows)
        # The terminal is a terminal again: it shows what is typed.
        await ann.type("visible")
        await ann.until(lambda rows: any("visible" in row for row in rows))
        await eventually(lambda: not server.hall.register)


async def test_colours_and_none(tmp_path: Path) -> None:
    for variable, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        async with serving() as server, bob_at(server) as bob, screen(tmp_path) as ann:
            await bob.say("hi")
            await ann.start("--server", server.address, "--name", "ann", **variable)
            await ann.shows("bob: hi", "lobby · 2 here")
            raw = await ann.raw()
            assert ("\x1b[1mbob:" in raw or "\x1b[0;1m" in raw) is coloured


async def test_no_server(tmp_path: Path) -> None:
    async with screen(tmp_path) as ann:
        await ann.start("--server", "nowhere.invalid", "--name", "ann")
        await ann.shows("salon: No Salon answers at nowhere.invalid:12345: there is no such host.", "status 1")
