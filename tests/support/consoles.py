"""A conversation as a console holds it, and what it would show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from salon.client import Room, connect, new_secret
from salon.faces.console.chat import Chat
from salon.faces.console.telling import Line
from salon.ground.tasks import Tasks
from tests.support.eventually import eventually


class Screen:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, line: Line) -> None:
        self.lines.append(line.text)

    def entered(self, room: Room) -> None:
        """Nothing to see."""

    async def until(self, text: str) -> str:
        """The first line with this in it."""
        await eventually(lambda: any(text in line for line in self.lines))
        return next(line for line in self.lines if text in line)


@asynccontextmanager
async def chatting(server: str, name: str, folder: Path) -> AsyncIterator[tuple[Chat, Screen]]:
    screen, tasks = Screen(), Tasks()
    async with connect(server, name=name, room="r1", secret=new_secret()) as client:
        chat = Chat(client, screen)
        client.transfers._folder = folder

        async def tell() -> None:
            async for event in chat.events:
                line = chat.teller.tell(event)
                if line is not None:
                    screen.show(line)

        tasks.start(tell())
        try:
            yield chat, screen
        finally:
            await tasks.close()
