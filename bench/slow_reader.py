"""What somebody who never reads costs those who do.

    python bench/slow_reader.py [SECONDS]

A room with 100 members who read, beside the same room with one more who reads nothing: the speed must stay within a
tenth, and the server's memory within what one parked connection may hold.
"""

from __future__ import annotations

import socket
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from figures import Figure
from load import Load, Work, load_generator
from memory import await_joined
from servers import Server, run, salon, two_cores

WORK = Work(100, 10, 100)
WANTED = 0.9
ROUNDS = 5
_CONNECT = b'{"type":"connect","payload":{"version":1,"name":"stuck","room":"bench"}}\n'


@contextmanager
def stuck_member(server: Server) -> Iterator[None]:
    """Somebody who joins the room of the load and then never reads again."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(_CONNECT)
        await_joined(connection)
        yield


def measure(load: Load, seconds: float, *, stuck: bool) -> tuple[float, float]:
    """Deliveries a second to those who read, and MB of the server at the end."""
    cores = two_cores() or (None, None)
    with salon(cores[0]) as server:
        if not stuck:
            result = load.run("salon", server.port, WORK, seconds, cores[1])
            return result.deliveries, server.resident / 1e6
        with stuck_member(server):
            result = load.run("salon", server.port, WORK, seconds, cores[1])
            return result.deliveries, server.resident / 1e6


def main() -> None:
    """Print the figures."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with load_generator() as load:
        pairs = [(measure(load, seconds, stuck=False), measure(load, seconds, stuck=True)) for _ in range(ROUNDS)]
    print(f"A room of {WORK.members}, without and with one member who never reads; medians of {ROUNDS} rounds.")
    ratio = statistics.median(stuck[0] / free[0] for free, stuck in pairs)
    print(Figure("deliveries, without", statistics.median(free[0] for free, _ in pairs) / 1e6, "M/s"))
    print(Figure("deliveries, with", statistics.median(stuck[0] for _, stuck in pairs) / 1e6, "M/s"))
    print(Figure("ratio", ratio, "", WANTED, "at least"))
    more = statistics.median(stuck[1] - free[1] for free, stuck in pairs)
    print(Figure("more memory of the server", more, "MB"))


if __name__ == "__main__":
    sys.exit(run(main))
