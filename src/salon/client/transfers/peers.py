"""A client's part in passing files from person to person: asking others, and handing out what it shares itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from salon.client.address import Address
from salon.client.transfers.paths import DIRECT, DIRECT_UDP, THROUGH_SERVER, Way, dial_direct, dial_relay
from salon.client.transfers.reaching import Reaches
from salon.client.transfers.sharing import SharedFolder
from salon.client.transfers.stream import Stream
from salon.client.transfers.supplying import Supplier
from salon.client.transfers.trouble import Cut
from salon.config import share_settings
from salon.core.filenames import SafeName
from salon.core.names import fold
from salon.errors import BUSY_LISTENING, NO_ANSWER, RELAYS_FULL, TOO_MANY_REQUESTS, Refusal, SalonError, refuse
from salon.wire.passing import (
    Asked,
    Come,
    Preparing,
    Reach,
    Relay,
    Request,
    Share,
    Supplied,
    Supply,
    Withdraw,
    Withdrawn,
    relay_line,
)

if TYPE_CHECKING:
    from salon.client.desk import Desk
    from salon.client.transfers.quick import Dialler, Listener, QuicSource

ANSWER_SECONDS = 15.0  # without a word from the owner, who hashes or has fallen silent
_OVER_UDP = ("quic", "both")
_DIRECT_RANK = 0
_UDP_RANK = 1
_RELAY_RANK = 9
_PASSING = {problem.code for problem in (RELAYS_FULL, TOO_MANY_REQUESTS)}  # of the server's; passes by itself


class Peers:
    """Files from person to person, for one client. `port` is where others reach it directly; 0 where nobody does."""

    def __init__(self, desk: Desk, server: Address, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.port = 0
        self._desk = desk
        self._server = server
        self._answer_seconds = answer_seconds
        self._supplier: Supplier | None = None
        self._listener: asyncio.Server | None = None
        self._direct = ""
        self._listen_at = 0
        self._opening = asyncio.Lock()
        self._quick: Listener | None = None
        self._no_quick = False  # it was tried
        self._dialler: Dialler | None = None
        self._reaches = Reaches()
        self._heard: dict[tuple[str, str], asyncio.Event] = {}  # of owner and file: a word on how far they are
        desk.peers = self

    # asking others

    async def ask(self, owner: str, name: SafeName) -> Supplied:
        """What a person has of this name. Raises SalonError where they refuse or are away, Cut where that passes."""
        answer: asyncio.Future[Supplied] = await self._desk.ask_aside(Request(owner, name))
        heard = self._heard.setdefault((fold(owner), name), asyncio.Event())
        try:
            return await self._until_answered(answer, heard, owner)
        except SalonError as error:
            if error.refusal.code in _PASSING:
                raise Cut(error.refusal) from error
            raise
        finally:
            self._heard.pop((fold(owner), name), None)
            if not answer.done():
                answer.add_done_callback(self._withdraw_late)

    async def _until_answered(self, answer: asyncio.Future[Supplied], heard: asyncio.Event, owner: str) -> Supplied:
        while not answer.done():
            heard.clear()
            await asyncio.wait([answer], timeout=self._answer_seconds)
            if not answer.done() and not heard.is_set():
                raise Cut(refuse(NO_ANSWER, owner=owner))
        return answer.result()

    def _withdraw_late(self, answer: asyncio.Future[Supplied]) -> None:
        """An answer that nobody waits for any more."""
        if not answer.cancelled() and answer.exception() is None:
            self.withdraw(answer.result())

    def ways(self, supplied: Supplied) -> Sequence[Way]:
        """All ways to an owner that may be there."""
        direct = [
            Way(DIRECT, _DIRECT_RANK, partial(dial_direct, Address(host, supplied.port))) for host in supplied.addresses
        ]
        relay = Way(THROUGH_SERVER, _RELAY_RANK, partial(self._meet, supplied.request, supplied.ticket))
        quick = Way(DIRECT_UDP, _UDP_RANK, partial(self._dial_quick, supplied))
        is_quick = (supplied.endpoint or supplied.more) and share_settings().direct in _OVER_UDP
        return [*direct, *([quick] if is_quick else ()), relay]

    async def _dial_quick(self, supplied: Supplied) -> QuicSource:
        """A connection to the owner's endpoint, once there is one: nothing is loaded or bound for it before."""
        endpoint, addresses = await self._reaches.wait(supplied)
        from salon.client.transfers.quick import Dialler

        if self._dialler is None:
            self._dialler = Dialler()
        return await self._dialler.dial(endpoint, addresses)

    def withdraw(self, supplied: Supplied) -> None:
        """A file is here, or not wanted now."""
        self._reaches.forget(supplied.request)
        self._desk.pass_on(Withdraw(supplied.request))

    async def _meet(self, request: str, ticket: str) -> Stream:
        return await dial_relay(self._server, relay_line(Relay(request, ticket)))

    # handing out

    async def share(self, path: Path, port: int = 0) -> Refusal | None:
        """Hand out the files of this folder from now on; what is wrong with the port, where something is.

        Raises SalonError where there is no such folder.
        """
        folder = await asyncio.to_thread(SharedFolder, path)
        await self.unshare()
        settings = share_settings()
        limits = {"most": settings.supplies, "most_each": settings.supplies_per_person}
        supplier = self._supplier = Supplier(folder, self._desk.pass_on, self._place, self._reach, self._meet, **limits)
        self._direct = settings.direct
        self._listen_at = port
        why = await self._listen(supplier, port) if self._direct in ("tcp", "both") else None
        self._desk.pass_on(Share())
        return why

    @property
    def shared(self) -> Path | None:
        """The folder whose files are handed out."""
        return self._supplier.folder.path if self._supplier is not None else None

    async def unshare(self) -> None:
        """Hand out nothing any more."""
        supplier, self._supplier = self._supplier, None
        if supplier is not None:
            self._desk.pass_on(Share(False))
            await self._stop(supplier)

    async def _listen(self, supplier: Supplier, port: int) -> Refusal | None:
        """Listen where the chat connection comes from, and nowhere else: who reaches us there is no stranger to it."""
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(lambda: Stream(supplier.came), self._desk.local, port)
        except OSError:
            return refuse(BUSY_LISTENING, port=port)
        self.port = int(self._listener.sockets[0].getsockname()[1])
        return None

    async def _stop(self, supplier: Supplier) -> None:
        self.port = 0
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await supplier.close()
        quick, self._quick = self._quick, None
        if quick is not None:
            await quick.close()

    async def _place(self) -> Supply:
        """Where others reach this client. Where nothing but QUIC is wanted, that is said at once."""
        at = await self._reach() if self._direct == "quic" else Reach("")
        port = self.port or at.port
        more = self._direct == "both"
        return Supply("", port=port, addresses=[self._desk.local] if port else [], endpoint=at.endpoint, more=more)

    async def _reach(self) -> Reach:
        """Where others reach this client over UDP; the endpoint is made for the first of them, and kept."""
        supplier = self._supplier
        async with self._opening:
            if self._quick is None and not self._no_quick and supplier is not None:
                self._quick = await self._open_quick(supplier)
                self._no_quick = self._quick is None
        quick = self._quick
        return Reach("", quick.port, [self._desk.local], quick.id) if quick is not None else Reach("")

    async def _open_quick(self, supplier: Supplier) -> Listener | None:
        """An endpoint at the same number as the TCP port; None where it cannot be had."""
        from salon.client.transfers.quick import listen

        try:
            return await listen(self._desk.local, self.port or self._listen_at, supplier.serve)
        except (SalonError, OSError):
            return None

    # what the desk tells

    def hear(self, said: Asked | Come | Withdrawn | Preparing | Reach) -> None:
        """Something that the server says of a file."""
        if isinstance(said, Preparing):
            heard = self._heard.get((fold(said.owner), said.name))
            if heard is not None:
                heard.set()
        elif isinstance(said, Reach):
            self._reaches.tell(said)
        else:
            self._hear_of_requests(said)

    def _hear_of_requests(self, said: Asked | Come | Withdrawn) -> None:
        if isinstance(said, Withdrawn):
            self._reaches.tell(Reach(said.request))  # nothing more will be heard of that
        if self._supplier is None:
            if isinstance(said, Asked):  # it was asked before it heard that nothing is shared any more
                self._desk.pass_on(Supply(said.request, code="not_sharing"))
        elif isinstance(said, Asked):
            self._supplier.asked(said)
        elif isinstance(said, Come):
            self._supplier.come(said.request)
        else:
            self._supplier.withdrawn(said.request)

    def greeted(self) -> None:
        """The server knows us, perhaps again."""
        self._reaches.give_up()
        if self._supplier is not None:
            self._supplier.forget()  # of what was asked before the cut it knows nothing any more
            self._desk.pass_on(Share())

    async def close(self) -> None:
        """Stop everything."""
        supplier, self._supplier = self._supplier, None
        if supplier is not None:
            await self._stop(supplier)
        if self._dialler is not None:
            await self._dialler.close()
