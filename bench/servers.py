"""The servers under measurement: started fresh, in folders of their own, ended and cleared away."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import IO

from salon.ground.limits import raise_open_files

_START_SECONDS = 20
_STOP_SECONDS = 20


class BenchError(Exception):
    """A measurement could not be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `ready_seconds`: from the start of its process to the line that says it listens."""

    pid: int
    port: int
    ready_seconds: float

    @property
    def resident(self) -> int:
        """Bytes of memory that the process has now. Raises BenchError where it has ended."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError as error:
            raise BenchError("The server has ended.") from error
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        if found is None:
            raise BenchError("The server has ended.")
        return int(found[1]) * 1024


@contextmanager
def salon(core: int | None = None) -> Iterator[Server]:
    """A Salon on a free port of this machine, with SQLite in a temporary folder."""
    with TemporaryDirectory(prefix="salon-bench-") as folder:
        command = [sys.executable, "-m", "salon", "serve", "--port", "0", "--data", folder]
        with _running(pinned(core, command), re.compile(r"listening on http://\S+:(\d+)")) as server:
            yield server


@contextmanager
def nats(core: int | None = None) -> Iterator[Server]:
    """A nats-server on a free port of this machine; it keeps nothing."""
    program = shutil.which("nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        raise BenchError("There is no nats-server; 'make bench' installs it.")
    # -1: any free port, which it then names.
    command = [program, "-a", "127.0.0.1", "-p", "-1"]
    with _running(pinned(core, command), re.compile(r"Listening for client connections on \S+:(\d+)")) as server:
        yield server


def pinned(core: int | None, command: Sequence[str]) -> list[str]:
    """The command, kept to one core where one is given."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]


def two_cores() -> tuple[int, int] | None:
    """A core for the server and one for the load, or None where there are no two or nothing to pin with."""
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 and shutil.which("taskset") else None


@contextmanager
def _running(command: list[str], listening: re.Pattern[str]) -> Iterator[Server]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SALON_")}
    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, errors="replace"
    )
    assert process.stdout is not None
    lines: SimpleQueue[str | None] = SimpleQueue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        port = _port(lines, listening)
        yield Server(process.pid, port, time.monotonic() - begin)
        if process.poll() is not None:
            raise BenchError(f"{command[-1]}: the server ended by itself (status {process.returncode}).")
    finally:
        _stop(process)
        reader.join()
        process.stdout.close()


def _read(stream: IO[str], lines: SimpleQueue[str | None]) -> None:
    """Take everything that the server prints, so that it never waits for a reader."""
    for line in stream:
        lines.put(line)
    lines.put(None)


def _port(lines: SimpleQueue[str | None], listening: re.Pattern[str]) -> int:
    said: list[str] = []
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            line = lines.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            raise BenchError(f"The server was not ready within {_START_SECONDS} s.") from None
        if line is None:
            raise BenchError("The server did not start: " + "".join(said).strip()[:300])
        if found := listening.search(line):
            return int(found[1])
        said.append(line)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(main: Callable[[], None]) -> int:
    """Run a benchmark; its exit status: 0 however the figures are, 1 where it could not be made."""
    # A benchmark that is told to end still ends its servers and clears its folders.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise_open_files()
    try:
        main()
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
