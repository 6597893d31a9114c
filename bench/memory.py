"""What an idle server and an idle connection take, and how soon the server is ready.

    python bench/memory.py [CONNECTIONS]

The connections join rooms of ten and then say nothing: first on TCP, then on a fresh server over WebSocket.
"""

from __future__ import annotations

import json
import socket
import statistics
import struct
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from figures import Figure
from servers import BenchError, Server, run, salon

IDLE_MB, READY_SECONDS = 60.0, 1.0
TCP_KB, WEBSOCKET_KB = 8.0, 24.0
STARTS = 5
_ROOM_OF = 10
_UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_ANSWER_SECONDS = 60
_SETTLE_SECONDS = 3.0  # until presence has been told and buffers have been given back


def connect_document(number: int) -> bytes:
    """What connection `number` says: who it is, and a room that ten share."""
    payload = {"version": 1, "client": f"{number:032x}", "name": f"u{number}", "room": f"r{number // _ROOM_OF}"}
    return json.dumps({"type": "connect", "payload": payload}).encode() + b"\n"


def open_tcp(server: Server, number: int) -> socket.socket:
    """A connection that has asked to join. It is not awaited: the next one need not wait for this one."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=_ANSWER_SECONDS)
    connection.sendall(connect_document(number))
    return connection


def open_websocket(server: Server, number: int) -> socket.socket:
    """The same over WebSocket, whose handshake is awaited."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=_ANSWER_SECONDS)
    connection.sendall(_UPGRADE % server.port)
    heard = b""
    while b"\r\n\r\n" not in heard:
        more = connection.recv(1 << 16)
        if not more:
            break
        heard += more
    if not heard.startswith(b"HTTP/1.1 101 "):
        raise BenchError(f"The server speaks no WebSocket: {heard[:200]!r}")
    text = connect_document(number)
    # A text frame under 64 KiB (RFC 6455, 5.2) with a mask of zeroes: the payload stands as it is.
    connection.sendall(b"\x81" + struct.pack(">BHI", 0x80 | 126, len(text), 0) + text)
    return connection


def await_joined(connection: socket.socket) -> None:
    """Read until the server has said that this connection is in. Raises BenchError where it does not."""
    heard = b""
    while b'"connect_ack"' not in heard:
        more = connection.recv(1 << 16)
        if not more:
            raise BenchError(f"A connection was closed instead of joined: {heard[:200]!r}")
        heard += more


def per_connection(count: int, open_one: Callable[[Server, int], socket.socket]) -> float:
    """KB of the server for each of so many idle connections that have joined."""
    with salon() as server, ExitStack() as connections:
        time.sleep(_SETTLE_SECONDS)
        idle = server.resident
        opened = [connections.enter_context(open_one(server, number)) for number in range(count)]
        for connection in opened:
            await_joined(connection)
        time.sleep(_SETTLE_SECONDS)
        return (server.resident - idle) / count / 1e3


def idle_and_ready() -> tuple[float, float]:
    """Median MB of a server that nobody uses, and median seconds until it listens."""
    resident, ready = [], []
    for _ in range(STARTS):
        with salon() as server:
            ready.append(server.ready_seconds)
            time.sleep(1.0)
            resident.append(server.resident / 1e6)
    return statistics.median(resident), statistics.median(ready)


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    resident, ready = idle_and_ready()
    print("Memory is resident memory of the server's process.")
    print(Figure("ready after", ready, "s", READY_SECONDS))
    print(Figure("idle server", resident, "MB", IDLE_MB), flush=True)
    for name, open_one, wanted in (("TCP", open_tcp, TCP_KB), ("WebSocket", open_websocket, WEBSOCKET_KB)):
        print(Figure(f"each of {count:,} on {name}", per_connection(count, open_one), "KB", wanted), flush=True)


if __name__ == "__main__":
    sys.exit(run(main))
