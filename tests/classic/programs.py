"""Programs whose standard streams are pipes, as somebody at their other end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.servers import PATIENCE, environment

CLASSIC = Path(__file__).parents[2] / "classic"


class End(NamedTuple):
    """How a program ended: its exit status, what it wrote and nobody had read yet, and after how many seconds."""

    status: int
    out: str
    err: str
    seconds: float


class Program:
    """A program that runs. Everything it writes is read as it comes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.out = ""  # not read yet by the test
        self._more = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read())
        assert process.stderr is not None
        self._err = asyncio.ensure_future(process.stderr.read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while data := await self.process.stdout.read(1 << 16):
            self.out += data.decode()
            self._more.set()
        self._more.set()

    def type(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def expect(self, text: str) -> None:
        """The very next that it writes is this, to the letter."""
        await self.until(lambda: len(self.out) >= len(text) or not text.startswith(self.out))
        assert self.out[: len(text)] == text
        self.out = self.out[len(text) :]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until what it wrote fulfils this."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    assert not self._reading.done(), f"it ended after {self.out!r}"
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise TimeoutError(f"so far it wrote {self.out!r}") from None

    async def heard(self, *lines: str) -> None:
        """Wait until it has written these lines, in any order, among others."""
        await self.until(lambda: set(lines) <= set(self.out.splitlines()))

    async def play(self, script: str) -> None:
        """Type and expect: `<<` lines are typed, all others are what it writes."""
        written = ""
        for line in script.strip("\n").split("\n"):
            if line.startswith("<<"):
                await self.expect(written)
                written = ""
                self.type(line[2:].removeprefix(" "))
            else:
                written += f"{line}\n"
        await self.expect(written)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    async def end(self) -> End:
        """Wait until it has ended."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        async with asyncio.timeout(PATIENCE):
            status = await self.process.wait()
            seconds = loop.time() - begin
            await self._reading
            return End(status, self.out, (await self._err).decode(), seconds)


async def start(
    program: str | Path, *arguments: object, cwd: Path, python: str = sys.executable, stdin: int = subprocess.PIPE
) -> Program:
    """Start a launcher by its path under `classic/`, or any other program."""
    path = CLASSIC / program
    process = await asyncio.create_subprocess_exec(
        python,
        str(path),
        *map(str, arguments),
        cwd=cwd,
        env=environment(cwd),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    return Program(process)


@asynccontextmanager
async def running(program: str | Path, *arguments: object, cwd: Path) -> AsyncIterator[Program]:
    """A launcher that is ended, if it has not ended by itself."""
    started = await start(program, *arguments, cwd=cwd)
    try:
        yield started
    finally:
        if started.process.returncode is None:
            started.signal(signal.SIGTERM)
            started.signal(signal.SIGCONT)
        await started.end()


@asynccontextmanager
async def server(program: str, *arguments: object, cwd: Path) -> AsyncIterator[Program]:
    """A classic server, once it listens."""
    async with running(program, *arguments, cwd=cwd) as started:
        await started.until(lambda: started.out.endswith("\n"))
        assert started.out.startswith("Salon is listening on http://127.0.0.1:")
        yield started


class Terminal:
    """A program at the far end of a pseudo-terminal."""

    def __init__(self, process: asyncio.subprocess.Process, descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._screen = ""

    async def shows(self, text: str) -> None:
        """Wait until this is the last that stands on the screen."""
        async with asyncio.timeout(PATIENCE):
            while not self._screen.endswith(text):
                data = await asyncio.to_thread(os.read, self._descriptor, 4096)
                self._screen += data.decode().replace("\r\n", "\n")

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())


@asynccontextmanager
async def terminal(program: str, *arguments: object, cwd: Path) -> AsyncIterator[Terminal]:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, str(CLASSIC / program), *map(str, arguments)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment(cwd)
    )
    try:
        yield Terminal(process, ours)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
    finally:
        os.close(theirs)
        os.close(ours)
