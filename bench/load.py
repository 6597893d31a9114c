"""The load generator, chatload.c: building it, running it, reading its one line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from servers import BenchError, pinned

SOURCE = Path(__file__).with_name("chatload.c")
_GRACE_SECONDS = 60  # for connecting, beside the seconds of the run
_FIELD = re.compile(r"(\w+)=(-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Work:
    """`members` connections in one room; the first `senders` of them talk.

    rate 0: the senders together keep `senders * window` messages under way (throughput).
    rate > 0: they say so many a second in all, whatever comes back (latency).
    """

    members: int
    senders: int
    window: int
    rate: int = 0

    def __str__(self) -> str:
        return f"{self.members}, {self.senders}, {self.window}"


@dataclass(frozen=True, slots=True)
class Result:
    """What one run showed: deliveries to all members a second, and milliseconds until the last member saw a message."""

    deliveries: float
    p50_ms: float
    p99_ms: float


def parse(line: str) -> Result:
    """The result in chatload's line. Raises BenchError where it is none."""
    fields = dict(_FIELD.findall(line))
    try:
        return Result(float(fields["deliveries_per_s"]), float(fields["p50_ms"]), float(fields["p99_ms"]))
    except (KeyError, ValueError) as error:
        raise BenchError(f"chatload said {line.strip()!r}") from error


class Load:
    """A built load generator."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def run(self, protocol: str, port: int, work: Work, seconds: float, core: int | None = None) -> Result:
        """Put this work on the server at `port`, on this core. Raises BenchError where the run broke off."""
        numbers = [port, work.members, work.senders, work.window, seconds, 64, work.rate]
        command = [str(self._program), protocol, "127.0.0.1", *map(str, numbers)]
        try:
            done = subprocess.run(
                pinned(core, command), capture_output=True, text=True, timeout=seconds + _GRACE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BenchError(f"chatload {protocol} did not end") from error
        if done.returncode or done.stderr:
            raise BenchError(f"chatload {protocol} failed: {done.stderr.strip()[:300]}")
        return parse(done.stdout)


@contextmanager
def load_generator() -> Iterator[Load]:
    """Build chatload in a folder of its own, which goes at the end."""
    if not sys.platform.startswith("linux"):
        raise BenchError("The load generator needs Linux (epoll).")
    compiler = shutil.which("cc")
    if compiler is None:
        raise BenchError("The load generator needs a C compiler (Debian: gcc and libc6-dev).")
    with TemporaryDirectory(prefix="salon-bench-") as folder:
        program = Path(folder, "chatload")
        subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
        yield Load(program)
