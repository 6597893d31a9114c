"""One conversation in every tongue: the console, netcat, a WebSocket, a lab client and three menu chats.

Everybody talks at once, the server is killed with SIGKILL in the middle and started again. Full clients lose nothing;
the others lose nothing of the time for which they were connected. Each sees the others' lines once, in its own form,
and text that looks like protocol stays text.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, WSMsgType

from salon.client import connect
from salon.ground.tasks import Tasks
from tests.classic.programs import Program as Menu
from tests.classic.programs import start
from tests.support.chats import PipedChat, chatting
from tests.support.eventually import eventually
from tests.support.servers import PATIENCE, Program, free_port, program

pytestmark = pytest.mark.anyio

Line = tuple[str, str]  # who, what
Send = Callable[[Any], Awaitable[None]]

ODD = [
    "x",
    "upload: a",
    '{"type":"exit"}',
    "want download",
    "$name",
    "ann: forged",
    " blanks at both ends ",
    "\\n",
    "ünï ☕",
]


class Voice:
    """Somebody in the room: what they were shown, as (who, what)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[Line] = []

    def take(self, line: str) -> None:
        """A line `name: text`."""
        who, colon, what = line.partition(": ")
        if colon:
            self.heard.append((who, what))


class Netcat(Voice):
    """Plain lines over a bare connection."""

    async def talk(self, port: int) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        self.writer.write(f"{self.name}\n".encode())
        while b"Welcome" not in await self.reader.readline():
            pass

    async def listen(self) -> None:
        while line := await self.reader.readline():
            text = line.decode().removesuffix("\n")
            if not text.startswith("* "):
                self.take(text)

    def say(self, text: str) -> None:
        self.writer.write(f"{text}\n".encode())


class Lab(Voice):
    """A lab client of somebody's own: bare JSON documents, one `recv(1024)` is one document."""

    async def talk(self, port: int) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(json.dumps({"type": "connect", "payload": {"name": self.name, "room": "lobby"}}).encode())
        assert json.loads(await self.reader.read(1024))["payload"]["message"] == "Connected to the room."

    async def listen(self) -> None:
        while data := await self.reader.read(1024):
            document = json.loads(data)  # fails where two documents came in one piece
            if document["type"] == "message":
                self.heard.append((document["payload"]["sender"], document["payload"]["text"]))

    def say(self, text: str) -> None:
        self.writer.write(json.dumps({"type": "message", "payload": {"text": text}}).encode())


class Browser(Voice):
    """What a page does: documents over a WebSocket, ids, a cursor, and another connection when one was lost."""

    def __init__(self, name: str, tasks: Tasks) -> None:
        super().__init__(name)
        self.cursor = 0
        self.unacknowledged: dict[str, str] = {}
        self.socket: asyncio.Queue[str] = asyncio.Queue()
        self._tasks = tasks
        self._said = 0

    def say(self, text: str) -> None:
        self._said += 1
        self.unacknowledged[f"w{self._said}"] = text
        self.socket.put_nowait(f"w{self._said}")

    async def run(self, port: int) -> None:
        """For ever: connect, say again what was not acknowledged, go on from the cursor."""
        async with ClientSession() as session:
            while True:
                try:
                    await self._once(session, port)
                except ClientConnectionError:
                    await asyncio.sleep(0.05)

    async def _once(self, session: ClientSession, port: int) -> None:
        async with session.ws_connect(f"http://127.0.0.1:{port}/ws") as ws:
            payload = {"version": 1, "name": self.name, "client": "e" * 32, "rooms": {"lobby": self.cursor}}
            await ws.send_json({"type": "connect", "payload": payload})
            for command in list(self.unacknowledged):
                await self._send(ws.send_json, command)
            sending = self._tasks.start(self._keep_sending(ws.send_json))
            try:
                async for message in ws:
                    if message.type is WSMsgType.TEXT:
                        self._take(json.loads(message.data))
            finally:
                sending.cancel()

    async def _keep_sending(self, send: Send) -> None:
        while True:
            command = await self.socket.get()
            try:
                await self._send(send, command)
            except ClientConnectionError:
                return  # said again over the next connection

    async def _send(self, send: Send, command: str) -> None:
        payload = {"room": "lobby", "text": self.unacknowledged.get(command, ""), "id": command}
        if payload["text"]:
            await send({"type": "message", "payload": payload})

    def _take(self, document: dict[str, Any]) -> None:
        payload = document["payload"]
        if document["type"] == "ack":
            self.unacknowledged.pop(payload["id"], None)
        elif payload.get("seq"):
            assert payload["seq"] == self.cursor + 1
            self.cursor += 1
            if document["type"] == "message":
                self.heard.append((payload["sender"], payload["text"]))


@asynccontextmanager
async def menus(port: int, folder: Path) -> AsyncIterator[list[tuple[str, Menu]]]:
    """Three menu chats, started at the same instant."""
    names = ("client1", "client2", "client3")
    for name in names:
        (folder / name).mkdir(exist_ok=True)
    programs = await asyncio.gather(
        *(start("menu/ChatClient.py", "-l", free_port(), "-p", port, cwd=folder / name) for name in names)
    )
    for name, menu in zip(names, programs, strict=True):
        menu.type(name)
    try:
        yield list(zip(names, programs, strict=True))
    finally:
        for menu in programs:
            if menu.process.returncode is None:
                menu.process.kill()
            await menu.end()


def expected(lines: set[Line], name: str) -> Counter[Line]:
    """What somebody who does not hear themselves hears."""
    return Counter(line for line in lines if line[0] != name)


def said_by_others(menu: Menu, name: str) -> Counter[Line]:
    """The lines of others in a menu's output: whatever is not its own form."""
    voice = Voice(name)
    for line in menu.out.splitlines():
        if not line.startswith(("Enter ", "  (", " e(")):
            voice.take(line)
    return Counter(voice.heard)


async def test_a_conversation_in_every_tongue_goes_on_over_a_killed_server(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "ann").mkdir()
    tasks = Tasks()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(program(tmp_path / "server"))
        stack.push_async_callback(tasks.close)
        ann = await stack.enter_async_context(chatting("ann", server.address, tmp_path / "ann"))
        wes = Browser("wes", tasks)
        tasks.start(wes.run(server.port))
        await ann.say("the first word")
        await ann.until_heard(1)
        await eventually(lambda: wes.heard, PATIENCE)
        async with menus(server.port, tmp_path) as group:
            before = await _all_talk("before", server, (ann, wes), group, tasks)
            await server.kill()
            for name, menu in group:  # no reconnecting: one line says so
                end = await menu.end()
                assert end.status == 1, (name, end)
                assert len(end.err.splitlines()) == 1
        wes.say("said while nobody was there")
        await ann.say("so was this")
        await server.start()
        async with menus(server.port, tmp_path) as group:
            after = await _all_talk("after", server, (ann, wes), group, tasks)
        between = {("wes", "said while nobody was there"), ("ann", "so was this"), ("ann", "the first word")}
        everything = before | after | between
        async with connect(server.address, name="auditor", secret="a" * 32, room="lobby") as auditor:
            log = [(entry.sender, entry.text or "") for entry in await auditor.room.history(limit=200)]
        assert Counter(log) == Counter(everything)
        await eventually(lambda: len(wes.heard) == len(log), PATIENCE)
        assert wes.heard == log
        await ann.until_heard(len(log))
        assert [tuple(line.split(": ", 1)) for line in ann.heard] == [(who, what) for who, what in log]
        assert await ann.end() == 0


async def _all_talk(
    word: str, server: Program, full: tuple[PipedChat, Browser], group: list[tuple[str, Menu]], tasks: Tasks
) -> set[Line]:
    """Everybody says everything odd, and each hears each of the others once; what was said."""
    nick, lara = Netcat("nick"), Lab("lara")
    for guest in (nick, lara):
        await guest.talk(server.port)
        tasks.start(guest.listen())
    for _, menu in group:
        await menu.until(lambda menu=menu: "e(X)it" in menu.out)  # type: ignore[misc]
    said = await _say_everything(word, *full, (nick, lara), group)
    for name, menu in group:
        others = expected(said, name)
        await menu.until(lambda menu=menu, name=name, others=others: said_by_others(menu, name) >= others)  # type: ignore[misc]
        heard = said_by_others(menu, name)
        assert all(heard[line] == 1 for line in others), (name, heard - others)
        assert not any(who == name for who, _ in heard)
    for guest in (nick, lara):
        others = expected(said, guest.name)
        await eventually(lambda guest=guest, others=others: Counter(guest.heard) >= others, PATIENCE)  # type: ignore[misc]
        heard = Counter(guest.heard)
        assert max(heard.values()) == 1, guest.name
        assert not any(who == guest.name for who, _ in heard)
        guest.writer.close()
    return said


async def _say_everything(
    word: str, ann: PipedChat, wes: Browser, guests: tuple[Netcat, Lab], group: list[tuple[str, Menu]]
) -> set[Line]:
    said: set[Line] = set()
    for n, odd in enumerate(ODD):
        text = f"{word} {n} {odd}"
        wes.say(text)
        for guest in guests:
            guest.say(text)
        await ann.say(text)
        for _, menu in group:
            menu.type("m", text)
        said |= {(name, text) for name in ("wes", "ann", "nick", "lara", *(name for name, _ in group))}
    return said
