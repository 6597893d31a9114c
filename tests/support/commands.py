"""`salon send`, `salon get` and `salon files` as programs, and whoever types them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import environment, salon

SECONDS = 50.0
MEMORY = 110_000_000  # bytes, of which the interpreter and its libraries take half
MEGABYTES = 1_000_000
# `salon`, which says in the end how much memory it took at most. Not by getrusage, which counts what was before exec.
MEASURED = """
import sys
from pathlib import Path
from salon.cli import main
status = main()
print(Path("/proc/self/status").read_text(), file=sys.stderr)
sys.exit(status)
"""


@dataclass
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


class Person:
    """Somebody who types commands, in a folder of their own; `inside` as for a server."""

    def __init__(self, folder: Path, port: int, inside: Sequence[str] = ()) -> None:
        self.folder = folder
        self._inside = inside
        self.port = port
        folder.mkdir()

    async def start(
        self, *words: str, out: int = subprocess.PIPE, err: int = subprocess.PIPE, measured: bool = False
    ) -> asyncio.subprocess.Process:
        place = ["--server", f"127.0.0.1:{self.port}", "--room", "r1"]
        program = [sys.executable, "-c", MEASURED] if measured else salon()
        return await asyncio.create_subprocess_exec(
            *(*self._inside, *program, words[0], *place, *words[1:]),
            cwd=self.folder,
            env=environment(self.folder / ".home"),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )

    async def run(self, *words: str) -> Done:
        process = await self.start(*words)
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    async def send(self, *words: str) -> Done:
        return await self.run("send", "--name", "ann", *words)
