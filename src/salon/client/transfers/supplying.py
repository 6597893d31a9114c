"""Handing out the files of a shared folder to those whom the server sends.

Each request is an offer while it lasts: an open file, what it is, and the secret that whoever comes for it has to
show. They come over a connection to where this client listens, or meet it at the server's relay; what is said there is
the same (`wire.fetching`), and one connection may be used for one fetch after the other.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Protocol

from salon.client.transfers.sharing import SharedFile, SharedFolder
from salon.client.transfers.stream import Stream
from salon.core.filenames import safe_name
from salon.core.limits import MIB, SUPPLIES, SUPPLIES_PER_PERSON, UDP_FROM_BYTES
from salon.errors import FILE_CHANGED, NO_SUCH_REQUEST, SUPPLIES_FULL, Refusal, SalonError, refuse
from salon.ground.sendfile import send_file
from salon.ground.tasks import Tasks
from salon.wire.fetching import Fetch, Found, decode_fetch, encode, missing, span
from salon.wire.passing import Asked, Reach, Supply

_TOLD_SECONDS = 1.0  # between two words on how far a file is hashed
_TCP_FIRST_SECONDS = 1.0  # a direct stream that can be had is there by then, also across an ocean
_FIRST_LINE_SECONDS = 10.0
_NEXT_LINE_SECONDS = 60.0  # a connection that is kept, in case the other path fails
_STRANGERS = 64  # connections that have not shown yet what they come for
_PIECE = 1 * MIB  # read at once where the kernel cannot send the file by itself


class Carrier(Protocol):
    """What bytes can be sent on."""

    async def line(self) -> bytes:
        """The next line; nothing at the end. Raises ConnectionError."""

    async def send(self, data: bytes | memoryview) -> None:
        """Send this. Raises ConnectionError."""

    def close(self) -> None:
        """Send what was written, then close."""

    def drop(self) -> None:
        """End it now."""


class Offer:
    """One request for one file, to the end of which the file stays open."""

    def __init__(self, asked: Asked, file: SharedFile, sha256: str) -> None:
        self.asked = asked
        self.file = file
        self.sha256 = sha256
        self.direct = asyncio.Event()  # whoever asked takes it without the server
        self.told = False  # where we are over UDP, or about to be
        self.users = 0  # streams that carry it now
        self.over = False

    def let_go(self) -> None:
        """Close the file once nobody carries it any more."""
        if self.over and not self.users:
            self.file.close()


class Supplier:
    """Hands out what is in a folder.

    answer  sends an answer to the server
    place   where others reach us: port, addresses and endpoint of an answer, and whether there is more to come
    reach   where they reach us over UDP, once that can be said
    meet    dials the relay for a request: a stream that is joined with whoever asked
    most, most_each  offers at once, and those to one person
    """

    def __init__(
        self,
        folder: SharedFolder,
        answer: Callable[[Supply | Reach], None],
        place: Callable[[], Awaitable[Supply]],
        reach: Callable[[], Awaitable[Reach]],
        meet: Callable[[str, str], Awaitable[Stream]],
        *,
        most: int = SUPPLIES,
        most_each: int = SUPPLIES_PER_PERSON,
    ) -> None:
        self.offers: dict[str, Offer] = {}
        self.folder = folder
        self._answer = answer
        self._place = place
        self._reach = reach
        self._meet = meet
        self._most = most
        self._most_each = most_each
        self._preparing: dict[str, Asked] = {}
        self._strangers = 0
        self._tasks = Tasks()

    # what the server says

    def asked(self, asked: Asked) -> None:
        """Somebody wants a file."""
        self._preparing[asked.request] = asked
        self._tasks.start(self._prepare(asked))

    def withdrawn(self, request: str) -> None:
        """They have it, or want it no more. What is on its way directly goes on."""
        self._preparing.pop(request, None)
        offer = self.offers.pop(request, None)
        if offer is not None:
            offer.over = True
            offer.let_go()

    def come(self, request: str) -> None:
        """Whoever asked waits at the relay."""
        if request in self.offers:
            self._tasks.start(self._go_to_relay(self.offers[request]))

    def forget(self) -> None:
        """The server is gone, and with it all that was asked."""
        for request in [*self._preparing, *self.offers]:
            self.withdrawn(request)

    async def _prepare(self, asked: Asked) -> None:
        """Open the file, learn its hash, answer."""
        try:
            self._find_room(asked)
            name = safe_name(asked.name)
            if isinstance(name, Refusal):
                raise SalonError(name)
            file = await asyncio.to_thread(self.folder.open, name)
            await self._offer(asked, file)
        except SalonError as error:
            if self._preparing.pop(asked.request, None) is not None:
                self._answer(Supply(asked.request, code=error.refusal.code))

    def _find_room(self, asked: Asked) -> None:
        others = [*self._preparing.values(), *(offer.asked for offer in self.offers.values())]
        same = sum(one.by == asked.by for one in others)
        if len(others) > self._most or same > self._most_each:
            raise SalonError(refuse(SUPPLIES_FULL, owner="The owner"))

    async def _offer(self, asked: Asked, file: SharedFile) -> None:
        def told() -> None:
            self._answer(Supply(asked.request, file.size, hashed=file.hashed))

        try:
            sha256 = await self.folder.hash_of(file, told, _TOLD_SECONDS)
            at = await self._place()
        except BaseException:
            file.close()
            raise
        if self._preparing.pop(asked.request, None) is None:  # withdrawn meanwhile
            file.close()
            return
        offer = self.offers[asked.request] = Offer(asked, file, sha256)
        more = at.more and file.size >= UDP_FROM_BYTES
        offer.told = not more
        self._answer(Supply(asked.request, file.size, sha256, 0, at.port, at.addresses, at.endpoint, more))
        self._tasks.start(self._tell_more(offer))

    async def _tell_more(self, offer: Offer) -> None:
        """Tell where we are over UDP, unless whoever asked reaches us without."""
        if offer.told:
            return
        offer.told = True
        try:
            async with asyncio.timeout(_TCP_FIRST_SECONDS):
                await offer.direct.wait()
            offer.told = False  # perhaps another time
        except TimeoutError:
            if not offer.over:
                at = await self._reach()
                self._answer(Reach(offer.asked.request, at.port, at.addresses, at.endpoint))

    # who comes

    def came(self, stream: Stream) -> None:
        """Somebody has dialled us."""
        if self._strangers >= _STRANGERS:
            stream.drop()
        else:
            self._tasks.start(self.serve(stream))

    async def _go_to_relay(self, offer: Offer) -> None:
        try:
            stream = await self._meet(offer.asked.request, offer.asked.ticket)
        except (SalonError, OSError):
            return  # whoever asked hears it from the server
        await self.serve(stream, relayed=True)

    async def serve(self, carrier: Carrier, *, relayed: bool = False) -> None:
        """Answer one fetch after the other, until the other side has enough."""
        try:
            line = await self._first_line(carrier)
            while line and await self._answer_fetch(carrier, line, relayed=relayed):
                async with asyncio.timeout(_NEXT_LINE_SECONDS):
                    line = await carrier.line()
            carrier.close()
        except (OSError, TimeoutError):
            carrier.drop()  # what comes next must not be taken for the rest of a file
        except BaseException:
            carrier.drop()
            raise

    async def _first_line(self, carrier: Carrier) -> bytes:
        self._strangers += 1
        try:
            async with asyncio.timeout(_FIRST_LINE_SECONDS):
                return await carrier.line()
        finally:
            self._strangers -= 1

    async def _answer_fetch(self, carrier: Carrier, line: bytes, *, relayed: bool) -> bool:
        """Do what a line asks; whether another may follow. Raises ConnectionError, OSError."""
        fetch = decode_fetch(line)
        offer = None if isinstance(fetch, Refusal) else self._offer_of(fetch)
        if isinstance(fetch, Refusal) or offer is None:
            why = fetch if isinstance(fetch, Refusal) else refuse(NO_SUCH_REQUEST)
            await carrier.send(encode(missing(why)))
            return False
        if offer.file.changed:
            await carrier.send(encode(missing(refuse(FILE_CHANGED, name=offer.file.name))))
            return False
        wanted = span(fetch, offer.file.size)
        if wanted:
            self._note_way(offer, relayed=relayed)
        offer.users += 1
        try:
            await carrier.send(encode(Found(offer.file.size, offer.sha256, wanted.start, len(wanted))))
            await _send(carrier, offer.file, wanted)
        finally:
            offer.users -= 1
            offer.let_go()
        return True

    def _note_way(self, offer: Offer, *, relayed: bool) -> None:
        """Somebody takes bytes on this way. Where it is the relay, a better one is worth looking for."""
        if relayed:
            offer.direct.clear()
            self._tasks.start(self._tell_more(offer))
        else:
            offer.direct.set()

    def _offer_of(self, fetch: Fetch) -> Offer | None:
        """The offer that a fetch means, where it shows that it comes from whom it was made to."""
        offer = self.offers.get(fetch.id)
        shown = fetch.ticket.encode(errors="replace")
        return offer if offer is not None and hmac.compare_digest(shown, offer.asked.secret.encode()) else None

    async def close(self) -> None:
        """Hand out nothing more, now."""
        await self._tasks.close()
        self.forget()
        self.folder.close()


async def _send(carrier: Carrier, file: SharedFile, wanted: range) -> None:
    """Send these bytes. Raises OSError where not all of them could be."""
    sent = 0
    if isinstance(carrier, Stream) and wanted:
        try:
            sent = await send_file(carrier.transport, file.file, wanted.start, len(wanted))
        except asyncio.SendfileNotAvailableError:
            pass
        else:
            if sent < len(wanted):
                raise ConnectionAbortedError("the file is shorter now")
            return
    while sent < len(wanted):
        data = await asyncio.to_thread(file.read, wanted.start + sent, min(_PIECE, len(wanted) - sent))
        if not data:
            raise ConnectionAbortedError("the file is shorter now")
        await carrier.send(data)
        sent += len(data)
