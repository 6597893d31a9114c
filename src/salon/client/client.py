"""The client: one person at one server, in any number of rooms, over a line that may come and go.

It promises what the log promises, up to the program: every entry once and in order, a gap always announced, and
everything said exactly once, however often the line breaks or the server starts again.
"""

from __future__ import annotations

import asyncio
import math
import time
from asyncio import Future
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from salon.client.address import parse_address
from salon.client.desk import Desk
from salon.client.events import Event
from salon.client.feed import Listener
from salon.client.identity import default_folder, kept_identity
from salon.client.link import GOODBYE_SECONDS, SILENCE_SECONDS, Link
from salon.client.rooms import Room, saying
from salon.core.names import LOBBY, fold
from salon.errors import CLOSED, UNSENT, SalonError, refuse
from salon.wire.answers import Ack, Listing, Message, RoomLine
from salon.wire.documents import Join, List

if TYPE_CHECKING:
    from salon.client.transfers import Transfers
    from salon.client.transfers.peers import Peers

CLOSE_SECONDS = 5.0


def connect(
    server: str = "",
    *,
    name: str,
    room: str = LOBBY,
    since: int | None = None,
    secret: str | None = None,
    folder: Path | None = None,
    recent: int = 0,
    rename: bool = False,
    visit: bool = False,
    share: Path | None = None,
    listen: int = 0,
    reconnect: bool = True,
    silence: float = SILENCE_SECONDS,
) -> Client:
    """A client for `async with`, which connects it. Raises SalonError where the server cannot be reached or refuses.

    server     `HOST:PORT`; this machine and 12345 where missing
    room       the first room; more by `join`
    since      what to hear of its past: nothing, from the first kept (0), behind entry N, or the last N (-N)
    secret     who one is beside the name: the one kept for this server where None; `new_secret()` for somebody new
    folder     where secrets are kept
    recent     hear what was said in the last so many seconds, as far as the server has been running; without `since`
    rename     have a name that is in use, or cannot be one, numbered or mended: `name` tells what became of it
    visit      take nobody's name and enter no room: only to ask people for files
    share      a folder whose files others may have by their names
    listen     the port at which they come for them; any free one where 0
    reconnect  look for the server again after every cut, for ever; else the first cut ends everything
    silence    seconds without a sign after which the server is asked for one
    """
    desk = Desk(name, room, since, recent=recent, rename=rename, visit=visit)
    link = Link(parse_address(server), desk, reconnect=reconnect, silence=silence)
    return Client(desk, link, room, secret, folder, share=share, listen=listen)


class Client:
    """See `connect`. Iterating gives every message of every room; `events` everything that happens.

    rooms    those that are followed, by the fold of their names
    trouble  what could not be had as it was asked for, a secret that is kept or a port: a sentence, or nothing
    """

    def __init__(
        self,
        desk: Desk,
        link: Link,
        room: str,
        secret: str | None,
        folder: Path | None,
        *,
        share: Path | None = None,
        listen: int = 0,
    ) -> None:
        self.trouble = ""
        self._first_room = room
        self._secret = secret
        self._folder = folder
        self._share = share
        self._listen = listen
        self._transfers: Transfers | None = None
        self._peers: Peers | None = None
        self._desk = desk
        self._link = link

    # coming and going

    async def open(self) -> None:
        """Connect: what `async with` begins with."""
        if self._secret is None:
            folder = self._folder or default_folder()
            identity = await asyncio.to_thread(kept_identity, self._link.address, folder, time.sleep)
            self._secret, self.trouble = identity
        await self._desk.open(self._link, self._secret)
        if self._share is not None:
            await self._begin_to_share(self._share)

    async def _begin_to_share(self, folder: Path) -> None:
        try:
            busy = await self.peers.share(folder, self._listen)
        except BaseException:
            await self.close(flush=False)
            raise
        if busy is not None:
            self.trouble = " ".join(filter(None, (self.trouble, busy.message)))

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close(flush=error is None)

    async def close(self, *, flush: bool = True, seconds: float = CLOSE_SECONDS) -> None:
        """Say goodbye. Where `flush`, first wait up to so many seconds until all that was said is acknowledged.

        Raises SalonError where something was not.
        """
        goodbye = 0.0
        if self._transfers is not None:
            await self._transfers.close()
        if self._peers is not None:
            await self._peers.close()
        try:
            if flush and self._desk.error is None and self._desk.unanswered:
                await self._flush_for(seconds)
            goodbye = GOODBYE_SECONDS  # a server that did not answer would not answer that either
        finally:
            await self._link.close(goodbye)
            self._desk.end(SalonError(refuse(CLOSED)), None)

    async def _flush_for(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._desk.flush()
        except TimeoutError as error:
            raise SalonError(refuse(UNSENT, count=self._desk.unanswered, server=self.server)) from error

    async def flush(self) -> None:
        """Wait until all that was said is acknowledged, and has come back where its room is followed."""
        await self._desk.flush()

    @property
    def name(self) -> str:
        """The person's name, as the server spells it."""
        return self._desk.name

    @property
    def connected(self) -> bool:
        """Whether the line is there."""
        return self._link.up

    @property
    def server(self) -> str:
        return str(self._link.address)

    @property
    def transfers(self) -> Transfers:
        """Files to and from this server: they look for it as long as the client does."""
        if self._transfers is None:
            from salon.client.transfers import ByTicket, Transfers

            access = ByTicket(self.name, lambda: self._desk.ticket)
            self._transfers = Transfers(
                self._link.address,
                access,
                patience=math.inf,
                first_patience=math.inf,
                peers=lambda: self.peers,
            )
        return self._transfers

    @property
    def peers(self) -> Peers:
        """Files from person to person: those of this one that others may have."""
        if self._peers is None:
            from salon.client.transfers.peers import Peers

            self._peers = Peers(self._desk, self._link.address)
        return self._peers

    @property
    def rooms(self) -> Mapping[str, Room]:
        return self._desk.rooms

    @property
    def room(self) -> Room:
        """The first room."""
        return self._desk.rooms[fold(self._first_room)]

    # listening

    def __aiter__(self) -> Listener[Message]:
        return self._desk.feed.listen(lambda event: event if isinstance(event, Message) else None)

    def events(self) -> Listener[Event]:
        """Everything: messages, notifications, gaps, and how the line is."""
        return self._desk.feed.listen(lambda event: event)

    # talking

    async def say(self, text: str, *, to: str = "", room: str = "") -> int:
        """Say it in the first room, another, or privately to a person; its number, once it is on disk."""
        ack: Ack = await self._desk.wait_for(await self.post(text, to=to, room=room))
        return ack.seq

    async def post(self, text: str, *, to: str = "", room: str = "") -> Future[Ack]:
        """Queue it; waits only while the queue is full. The future is done when the server has it on disk.

        Nobody has to wait for the future: a refusal is also an event (`Refused`).
        """
        return await self._desk.queue(saying(text, to=to, room=room or self._first_room))

    async def reply(self, message: Message, text: str) -> int:
        """Answer where the message was said: in its room, or privately to whom the talk is with."""
        other = (message.to if message.sender == self.name else message.sender) if message.to else ""
        return await self.say(text, to=other, room=message.room)

    # rooms

    async def join(self, name: str, since: int | None = None) -> Room:
        """Follow a room, which begins to exist where it did not; `since` as in `connect`."""
        known = self._desk.rooms.get(fold(name))
        if known is not None:
            return known
        ack: Ack = await self._desk.ask(Join(name, since))
        return self._desk.rooms[fold(ack.room)]

    async def list_rooms(self) -> list[RoomLine]:
        """Every room that this person may enter."""
        listing: Listing = await self._desk.ask(List("rooms"))
        return list(listing.rooms or ())
