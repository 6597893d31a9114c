"""Durable fan-out beside nats-server, which keeps nothing.

    python bench/table.py [SECONDS]

A fresh server for every run, one at a time: the server on one core, the load on the other. Each ratio is the median of
five rounds, each of which measures Salon and right after it nats-server. Then the same once without pinning, as people
run it, members on WebSockets beside members on TCP, and the time a message takes when 1,000 a second are said to 100
members.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from figures import Comparison, Figure, comparison_table
from load import Load, Result, Work, load_generator
from servers import Server, nats, run, salon, two_cores

WANTED = {
    Work(100, 10, 100): 1.4,
    Work(1000, 10, 10): 3.0,
    Work(100, 10, 10): 0.9,
    Work(100, 10, 1): 0.6,
}
WEBSOCKET_WANTED = {Work(100, 10, 100): 0.7, Work(1000, 10, 10): 0.7, Work(100, 10, 10): 0.7}
PACED = Work(100, 10, 1, rate=1_000)
P50_MS, P99_MS = 2.0, 10.0
ROUNDS = 5

Cores = tuple[int, int] | tuple[None, None]
Start = Callable[[int | None], AbstractContextManager[Server]]


class Bench:
    """Runs of so many seconds with one load generator."""

    def __init__(self, load: Load, seconds: float) -> None:
        self._load = load
        self._seconds = seconds

    def once(self, protocol: str, start: Start, work: Work, cores: Cores) -> Result:
        """One run on a fresh server."""
        with start(cores[0]) as server:
            return self._load.run(protocol, server.port, work, self._seconds, cores[1])

    def compare(self, work: Work, cores: Cores, rounds: int, wanted: float | None) -> Comparison:
        """Salon and nats-server in turns."""
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(self.once("salon", salon, work, cores).deliveries)
            theirs.append(self.once("nats", nats, work, cores).deliveries)
        return Comparison(str(work), ours, theirs, wanted)

    def table(self, cores: Cores, rounds: int, *, wanted: bool) -> str:
        """Every work, compared."""
        rows = [self.compare(work, cores, rounds, bound if wanted else None) for work, bound in WANTED.items()]
        return comparison_table(rows, "Salon", "nats-server")

    def websockets(self, cores: Cores) -> str:
        """Members on WebSockets beside the same work on TCP."""
        rows = []
        for work, wanted in WEBSOCKET_WANTED.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(self.once("salon-ws", salon, work, cores).deliveries)
                theirs.append(self.once("salon", salon, work, cores).deliveries)
            rows.append(Comparison(str(work), ours, theirs, wanted))
        return comparison_table(rows, "WebSocket", "TCP")

    def latencies(self, cores: Cores) -> list[Figure]:
        """The median and the slowest hundredth at the paced work, in milliseconds: medians of the rounds."""
        results = [self.once("salon", salon, PACED, cores) for _ in range(ROUNDS)]
        return [
            Figure("1,000/s to 100 members, p50", statistics.median(one.p50_ms for one in results), "ms", P50_MS),
            Figure("1,000/s to 100 members, p99", statistics.median(one.p99_ms for one in results), "ms", P99_MS),
        ]


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    cores: Cores = two_cores() or (None, None)
    with load_generator() as load:
        bench = Bench(load, seconds)
        print("Deliveries a second; Salon keeps every message on disk, nats-server keeps nothing.")
        if cores[0] is None:
            print("There are no two cores to pin to: the figures below are unpinned.")
        else:
            print(f"\nServer on core {cores[0]}, load on core {cores[1]}; medians of {ROUNDS} rounds of {seconds:g} s:")
        print(bench.table(cores, ROUNDS, wanted=True), flush=True)
        if cores[0] is not None:
            print(f"\nNot pinned, one round of {seconds:g} s:")
            print(bench.table((None, None), 1, wanted=False), flush=True)
        print("\nMembers on WebSockets:")
        print(bench.websockets(cores), flush=True)
        print("\nFrom saying to seeing:")
        for figure in bench.latencies(cores):
            print(figure, flush=True)


if __name__ == "__main__":
    sys.exit(run(main))
