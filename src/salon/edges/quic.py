"""Files over UDP: the endpoint that is made when somebody first asks for it, and the fetches that come to it.

One port number serves both: TCP for everything, UDP for this. Who may fetch what is decided as for HTTP; what is added
here is a ticket, because a QUIC connection comes from anywhere and says no name.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from aiohttp import web

from salon.core.limits import FIRST_WORDS_SECONDS
from salon.core.people import NOBODY
from salon.edges.answering import HALL, OPENER, refusal_response
from salon.edges.fetches import Visit
from salon.edges.visitors import by_ticket
from salon.errors import NO_UDP, SalonError, refuse
from salon.ground.keys import Key, keep_key, read_key
from salon.ground.quic import Arrival, Endpoint, available, bind, each_family
from salon.ground.tasks import Tasks
from salon.hall.hall import Hall
from salon.hall.openings import Openings
from salon.hall.sending import Sending
from salon.hall.shelving import Shelving
from salon.wire.fetching import ALPN
from salon.wire.opening import UdpPlace, UdpTicket

log = logging.getLogger("salon")

_SHAKING_HANDS = 64  # at once, before one knows who it is


def add_routes(app: web.Application) -> None:
    """The path that opens the way to UDP."""
    app.router.add_post("/udp", _open)


async def _open(request: web.Request) -> web.StreamResponse:
    """Where to fetch over UDP, and a ticket for one connection there."""
    opener = request.app[OPENER]
    if opener is None:
        return refusal_response(refuse(NO_UDP))
    try:
        person = by_ticket(request.app[HALL], request) or NOBODY
        place = await opener.place()
    except SalonError as error:
        return refusal_response(error.refusal)
    ticket = opener.openings.ticket(person, request.remote or "")
    body = msgspec.json.encode(UdpTicket(place.endpoint, place.addresses, ticket))
    return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "no-store"})


class Opener:
    """Opens the server's UDP port when that is first wanted, and lets in who has a ticket.

    places  hosts and ports where the server listens for TCP: the same, over UDP
    key     the file of the key by which the server is known; None for a new key each time
    """

    def __init__(self, hall: Hall, shelving: Shelving, places: Sequence[tuple[str, int]], key: Path | None) -> None:
        assert hall.openings is not None  # noqa: S101 -- an opener is made for them
        self.openings: Openings = hall.openings
        self._shelving = shelving
        self._sending = Sending(hall.transfers, hall.clock)
        self._places = places
        self._key = key
        self._endpoint: Endpoint | None = None
        self._opening = asyncio.Lock()
        self._tasks = Tasks()
        self._hands = asyncio.Semaphore(_SHAKING_HANDS)
        known = read_key(key) if key is not None else None
        self._secret = bytes.fromhex(known.secret) if known is not None else b""
        if known is not None:  # so everybody can be told at once, and the port still opens for the first who asks
            self.openings.place = UdpPlace(known.public)

    async def place(self) -> UdpPlace:
        """Where the endpoint is, which there is from now on. Raises SalonError where it cannot be."""
        async with self._opening:
            if self._endpoint is None:
                self._endpoint = await self._make()
        place = self.openings.place = UdpPlace(self._endpoint.id, [*self._endpoint.reachable])
        return place

    async def _make(self) -> Endpoint:
        if not await asyncio.to_thread(available):
            raise SalonError(refuse(NO_UDP))
        try:
            endpoint = await bind(each_family(*self._places), protocols=[ALPN], secret=self._secret)
        except OSError as error:
            log.error("UDP port %d cannot be opened: %s", self._places[0][1], error)
            raise SalonError(refuse(NO_UDP)) from error
        if self._key is not None and not self._secret:
            try:
                await asyncio.to_thread(keep_key, self._key, Key(endpoint.secret.hex(), endpoint.id))
            except OSError as error:  # the next start has another key then, which nobody minds
                log.error("The key for UDP was not kept in %s: %s", self._key, error.strerror)
        self._tasks.start(self._receive(endpoint))
        return endpoint

    async def _receive(self, endpoint: Endpoint) -> None:
        async for arrival in endpoint.arrivals():
            if self._hands.locked():
                with suppress(ConnectionError):
                    await arrival.refuse()
            else:
                await self._hands.acquire()
                self._tasks.start(self._welcome(arrival))

    async def _welcome(self, arrival: Arrival) -> None:
        """From the handshake to the last fetch of a connection."""
        try:
            try:
                async with asyncio.timeout(FIRST_WORDS_SECONDS):
                    connection = await arrival.let_in()
                    first = await connection.accept()
            finally:
                self._hands.release()
        except (ConnectionError, TimeoutError):
            return
        try:
            await Visit(self.openings, self._shelving, self._sending).run(connection, first)
        finally:
            connection.close()

    async def close(self) -> None:
        """Let go of everybody, and of the port."""
        await self._tasks.close()
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            await endpoint.close()
