"""`salon chat` as a program of its own, talking through pipes."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

from salon.ground.tasks import Tasks
from tests.support.servers import PATIENCE, environment, salon


class PipedChat:
    """One `salon chat`.

    heard    lines of its standard output so far
    notices  lines of its standard error
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[str] = []
        self.notices: list[str] = []
        self.process: asyncio.subprocess.Process
        self._more = asyncio.Event()
        self._tasks = Tasks()
        self._hearing: list[asyncio.Task[None]] = []

    async def start(self, server: str, folder: Path, *more: str) -> None:
        arguments = ["--name", self.name] if self.name else []
        self.process = await asyncio.create_subprocess_exec(
            *salon("chat", "--server", server, *arguments, *more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(folder),
            limit=1 << 24,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        streams = ((self.process.stdout, self.heard), (self.process.stderr, self.notices))
        self._hearing = [self._tasks.start(self._hear(stream, lines)) for stream, lines in streams]

    async def _hear(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        while line := await stream.readline():
            lines.append(line.decode().removesuffix("\n"))
            self._more.set()

    async def say(self, *lines: str | bytes) -> None:
        """Type these lines."""
        assert self.process.stdin is not None
        for line in lines:
            self.process.stdin.write((line.encode() if isinstance(line, str) else line) + b"\n")
        await self.process.stdin.drain()

    async def until_heard(self, count: int) -> None:
        """Wait until so many lines of output have come."""
        while len(self.heard) < count:
            self._more.clear()
            await self._more.wait()

    async def until_noticed(self, sentence: str) -> None:
        """Wait until it has told of this on its other stream."""
        while not any(sentence in notice for notice in self.notices):
            self._more.clear()
            await self._more.wait()

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def end(self, seconds: float = PATIENCE) -> int:
        """End its input; its exit status. Killed where it does not end in time."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return await self.ended(seconds)

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Its exit status, once it ends. Killed where it does not in time."""
        try:
            async with asyncio.timeout(seconds):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
        status = await self.process.wait()
        await asyncio.wait(self._hearing, timeout=seconds)
        await self._tasks.close()
        return status


Chat = TypeVar("Chat", bound=PipedChat)


@asynccontextmanager
async def running(chat: Chat, server: str, folder: Path, *more: str) -> AsyncIterator[Chat]:
    """This chat, which is gone in the end."""
    await chat.start(server, folder, *more)
    try:
        yield chat
    finally:
        if chat.process.returncode is None:
            chat.process.kill()
            await chat.ended()


def chatting(name: str, server: str, folder: Path, *more: str) -> AbstractAsyncContextManager[PipedChat]:
    """A chat under this name."""
    return running(PipedChat(name), server, folder, *more)
