"""A bad network: a UDP proxy that loses, doubles and reorders what passes through it, or swallows all.

    python -m tests.support.datagrams PORT FAR_PORT

is one before the server at PORT, with a TCP proxy at the same port, which it prints. To the server it speaks from
FAR_PORT and those behind it.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from tests.support.proxies import proxy

_LATE_SECONDS = 0.01  # how much later a datagram that is overtaken arrives
_BUFFER_BYTES = 4 << 20


class Network:
    """Between clients and a server, at a port of its own.

    passed  datagrams that came through, both ways together
    bytes   of these
    deaf    while it is so, nothing comes through
    lasts   so many bytes, before it turns deaf
    """

    def __init__(self, port: int, *, lost: float, doubled: float, late: float, far_port: int = 0) -> None:
        self.target = port
        self._far_port = far_port
        self.passed = 0
        self.bytes = 0
        self.deaf = False
        self.lasts = 1 << 60
        self._lost, self._doubled, self._late = lost, doubled, late
        self._dice = random.Random(1)
        self._near: asyncio.DatagramTransport
        self._far: dict[Any, asyncio.DatagramTransport] = {}

    async def open(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._near, _ = await loop.create_datagram_endpoint(
            lambda: _End(self._from_client), local_addr=("127.0.0.1", port)
        )

    def close(self) -> None:
        for end in (self._near, *self._far.values()):
            end.close()

    def _from_client(self, data: bytes, who: Any) -> None:
        if who in self._far:
            self._pass(data, self._far[who], None)
        else:
            asyncio.get_running_loop().create_task(self._meet(data, who))

    async def _meet(self, data: bytes, who: Any) -> None:
        loop = asyncio.get_running_loop()
        end = _End(lambda answer, _: self._pass(answer, self._near, who))
        own = ("127.0.0.1", self._far_port + len(self._far)) if self._far_port else None
        far, _ = await loop.create_datagram_endpoint(
            lambda: end, local_addr=own, remote_addr=("127.0.0.1", self.target)
        )
        self._far.setdefault(who, far)
        self._pass(data, far, None)

    def _pass(self, data: bytes, end: asyncio.DatagramTransport, who: Any) -> None:
        if self.deaf or self._dice.random() < self._lost:
            return
        for _ in range(2 if self._dice.random() < self._doubled else 1):
            self.passed += 1
            self.bytes += len(data)
            self.deaf = self.deaf or self.bytes > self.lasts
            send = partial(end.sendto, data, who)
            if self._dice.random() < self._late:
                asyncio.get_running_loop().call_later(_LATE_SECONDS, send)
            else:
                send()


class _End(asyncio.DatagramProtocol):
    def __init__(self, heard: Any) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._heard(data, addr)

    def error_received(self, exc: Exception) -> None:
        """Nobody is at the other end now."""


@asynccontextmanager
async def network(
    port: int, at: int, *, lost: float = 0, doubled: float = 0, late: float = 0
) -> AsyncIterator[Network]:
    """A network before the server at `port`, to be reached at port `at`."""
    between = Network(port, lost=lost, doubled=doubled, late=late)
    await between.open(at)
    try:
        yield between
    finally:
        between.close()


async def run(port: int, far_port: int) -> None:
    """Double a twentieth, let a twentieth be overtaken, until the end of the input."""
    async with proxy(port, lambda: None) as line:
        between = Network(port, lost=0, doubled=0.05, late=0.05, far_port=far_port)
        await between.open(line.port)
        print(line.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(between.bytes, flush=True)
        between.close()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))
