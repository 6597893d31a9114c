"""How long a message takes to reach everyone while big files go up and down.

    python bench/beside_files.py [MEGABYTES]

A hundred members, 200 messages a second, and meanwhile ten downloads, then three uploads, each over and over until the
messages have been counted. What is wanted: 99 of 100 messages within 50 ms.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figure
from files import ROOM, alter, down, timed, up_by_tus
from load import Load, Work, load_generator
from servers import BenchError, run, salon

DOWNLOADS, UPLOADS = 10, 3
WORK = Work(members=100, senders=10, window=1, rate=200)
SECONDS = 8
WANTED_MS = 50.0
_MB = 1_000_000


@contextmanager
def over_and_over(count: int, transfer: Callable[[int, int], object]) -> Iterator[list[int]]:
    """So many threads that transfer again and again; what each has done so far. Each ends its last transfer first."""
    done = [0] * count
    stopped = threading.Event()
    failed: list[BaseException] = []

    def work(number: int) -> None:
        while not stopped.is_set():
            try:
                transfer(number, done[number])
            except BenchError as error:
                failed.append(error)
                return
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    if failed:
        raise BenchError(str(failed[0]))


def measure(load: Load, port: int, what: str, count: int, transfer: Callable[[int, int], object]) -> Iterator[Figure]:
    """The latency beside these transfers, and how many of them there were."""
    with over_and_over(count, transfer) as done:
        result = load.run("salon", port, WORK, SECONDS)
        finished = sum(done)
    yield Figure(f"p50 beside {count} {what}", result.p50_ms, "ms")
    yield Figure(f"p99 beside {count} {what}", result.p99_ms, "ms", WANTED_MS, "at most")
    yield Figure(f"{what} ended meanwhile", float(finished), "")


def main() -> None:
    """Print the figures."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_074
    with TemporaryDirectory(prefix="salon-bench-") as name, salon() as server, load_generator() as load:
        folder = Path(name)
        base = f"http://127.0.0.1:{server.port}"
        files = [folder / f"big{number}" for number in range(UPLOADS)]
        for file in files:
            subprocess.run(["truncate", "-s", str(megabytes * _MB), str(file)], check=True)
            alter(file)
        place = ["--server", f"127.0.0.1:{server.port}", "--room", ROOM]
        timed(["send", *place, str(files[0])], folder)
        shelved = f"{base}/rooms/{ROOM}/files/{files[0].name}"
        print(f"{WORK.rate} messages a second to {WORK.members} members beside files of {megabytes} MB.")

        def upload(number: int, _time: int) -> None:
            alter(files[number])
            up_by_tus(base, f"up{number}", files[number])

        for figure in measure(load, server.port, "downloads", DOWNLOADS, lambda _number, _time: down(shelved)):
            print(figure, flush=True)
        for figure in measure(load, server.port, "uploads", UPLOADS, upload):
            print(figure, flush=True)


if __name__ == "__main__":
    sys.exit(run(main))
