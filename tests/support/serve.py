"""`salon serve` with any flags, its lines as they come, its memory, its end."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.servers import environment, salon

PATIENCE = 20.0  # seconds until something that should happen counts as not happening


class Serving:
    """A server as a program. `lines` is what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self.port = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    async def until(self, pattern: str) -> re.Match[str]:
        """The next printed line that has this in it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stdout.readline()).decode():
                self.lines.append(line.rstrip("\n"))
                if found := re.search(pattern, line):
                    return found
        raise AssertionError(f"{pattern} never came: {self.lines}, {await self.errors()}")

    async def ready(self) -> None:
        found = await self.until(r"^Salon is listening on http://(?P<host>.+):(?P<port>\d+)$")
        self.port = int(found["port"])

    async def errors(self) -> str:
        """All that it says on standard error until its end."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            return (await self.process.stderr.read()).decode()

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end; its exit status."""
        self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def memory(self) -> int:
        """Bytes of it that are in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024


async def started(home: Path, *flags: str, port: str = "0", **more: str) -> Serving:
    """The program, which may be about to end with an error."""
    process = await asyncio.create_subprocess_exec(
        *salon("serve", *(("--port", port) if port else ()), *flags),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home, **more),
        cwd=home,
        limit=1 << 20,
    )
    return Serving(process)


@asynccontextmanager
async def served(home: Path, *flags: str, port: str = "0", quiet: bool = True, **more: str) -> AsyncIterator[Serving]:
    """A server that listens. In the end it is stopped, and must have ended well; if `quiet`, without a word."""
    server = await started(home, *flags, port=port, **more)
    try:
        await server.ready()
        yield server
        if server.process.returncode is None:
            assert await server.stop() == 0
        errors = await server.errors()
        assert not (quiet and errors), errors
        assert "Traceback" not in errors
    finally:
        if server.process.returncode is None:
            server.process.kill()
            await server.process.wait()


async def ended(home: Path, *flags: str, port: str = "0", **more: str) -> tuple[int, str]:
    """What a server that cannot start says: its exit status and standard error. It prints nothing else."""
    server = await started(home, *flags, port=port, **more)
    try:
        async with asyncio.timeout(PATIENCE):
            out, error = await server.process.communicate()
        assert out == b""
    finally:
        if server.process.returncode is None:
            server.process.kill()
            await server.process.wait()
    return int(server.process.returncode or 0), error.decode()
