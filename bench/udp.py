"""`salon get --udp` of a large file, verified and on the disk, beside bare QUIC loops that send from memory to nowhere.

    python bench/udp.py [MEGABYTES]

In turn with iroh's loop, of the same size; medians of five. aioquic's loop, which is slower by far, gets a sixteenth of
it to do. Then what the server takes of memory, at rest and after its first file over UDP.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figure
from files import ROOM, timed
from quic_loops import loop_seconds
from servers import BenchError, Server, run, salon

ROUNDS = 5
IROH_WANTED, AIOQUIC_WANTED, MEMORY_WANTED = 0.8, 5.0, 75.0
_PIECE = 1 << 20


def measure(folder: Path, server: Server, megabytes: int) -> Iterator[Figure]:
    """The figures, one after the other."""
    place = ["--server", f"127.0.0.1:{server.port}", "--room", ROOM]
    file, saved = folder / "big", folder / "saved"
    timed(["send", *place, str(file)], folder)
    resting = server.resident
    command = ["get", *place, file.name, "-o", str(saved), "--udp"]
    timed(command, folder)
    yield Figure("server before, at rest", resting / 1e6, "MB")
    yield Figure("server after its first UDP transfer", server.resident / 1e6, "MB", MEMORY_WANTED)
    ours, bare = [], []
    for _ in range(ROUNDS):
        saved.unlink()
        bare.append(loop_seconds("iroh", megabytes))
        ours.append(timed(command, folder))
    if saved.read_bytes() != file.read_bytes():
        raise BenchError("What came is not what was sent.")
    rate = megabytes * _PIECE / 1e6 / statistics.median(ours)
    yield Figure("salon get --udp", rate, "MB/s")
    ratio = statistics.median(theirs / mine for theirs, mine in zip(bare, ours, strict=True))
    yield Figure("of a bare loop of iroh's", ratio, "x", IROH_WANTED, "at least")
    less = max(1, megabytes // 16)
    best = max(less / loop_seconds("aioquic", less) for _ in range(3)) * _PIECE / 1e6
    yield Figure("the best loop of aioquic's", best, "MB/s")
    yield Figure("of that", rate / best, "x", AIOQUIC_WANTED, "at least")


def main() -> None:
    """Print the figures."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    with TemporaryDirectory(prefix="salon-bench-") as name, salon() as server:
        folder = Path(name)
        with (folder / "big").open("wb") as big:
            for _ in range(megabytes):
                big.write(os.urandom(_PIECE))
        print(f"{megabytes} MiB on loopback; medians of {ROUNDS} rounds.")
        for figure in measure(folder, server, megabytes):
            print(figure, flush=True)


if __name__ == "__main__":
    sys.exit(run(main))
