"""The desk between a program and its line: what was asked and what comes back, what is known and who listens.

Everything that has to arrive goes through the outbox, so that one order holds: that of the calls. Documents are folded
where they arrive, in one step, so that nothing is ever half known.
"""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from salon.client.answers import Answers
from salon.client.connection import Connection
from salon.client.events import Back, Lost
from salon.client.feed import Feed
from salon.client.link import Link
from salon.client.mirror import Mirror, RoomMirror
from salon.client.rooms import Room
from salon.core.names import fold
from salon.errors import SalonError
from salon.wire import answers
from salon.wire.answers import Ack, AnyDocument, ConnectAck, Error, Gap, HistoryPayload, Listing, Message, Notification
from salon.wire.documents import Connect, Join, Leave, List, Read, encode
from salon.wire.passing import Asked, Come, Preparing, Reach, Supplied, Withdrawn

if TYPE_CHECKING:
    from salon.client.transfers.peers import Peers

VERSION = 1  # of the vocabulary


class Desk:
    """What a client and its rooms share.

    name   of the person, as the server spells it; with `rename` as it made it, see `connect`
    error  why nothing can be asked any more
    ticket stands for the newest connection in HTTP requests
    local  this machine's address on the way to the server
    peers  who passes files from person to person
    """

    def __init__(
        self, name: str, room: str, since: int | None, *, recent: int = 0, rename: bool = False, visit: bool = False
    ) -> None:
        self.name = name
        self._asked_for = name
        self._recent = recent
        self._rename = rename
        self._visit = visit
        self.local = ""
        self.peers: Peers | None = None
        self.mirror = Mirror()
        self.rooms: dict[str, Room] = {}
        self.feed = Feed(self._review)
        self.error: SalonError | None = None
        self.ticket = ""
        self._link: Link
        self._secret = ""
        self._wanted: dict[str, int | None] = {} if visit else {room: since}  # what the newest connection asks for
        self._been_here = False
        self._answers = Answers()
        self._outbox = self._answers.outbox
        self._queueing = asyncio.Lock()
        self._changed = asyncio.Event()  # something came: whoever waits for that looks again
        self._acknowledged: dict[str, int] = {}  # the last number that each room gave to what was said here
        self._waiters: set[asyncio.Task[Any] | None] = set()

    async def open(self, link: Link, secret: str) -> None:
        """Begin. Raises SalonError where the server cannot be reached or refuses."""
        self._link, self._secret = link, secret
        await link.open()

    @property
    def unanswered(self) -> int:
        """How much was asked and has no answer yet."""
        return len(self._outbox)

    # asking

    async def ask(self, request: msgspec.Struct) -> Any:
        """The server's answer. Raises SalonError where it refuses."""
        return await self.wait_for(await self.queue(request))

    async def wait_for(self, answer: Future[Any]) -> Any:
        """The answer to what was queued; its refusal is raised here and nowhere else."""
        self._answers.awaited.add(answer)
        try:
            with self._waiting():
                return await answer
        finally:
            self._answers.awaited.discard(answer)

    async def ask_aside(self, request: msgspec.Struct) -> Future[Any]:
        """The answer to come: it is no event, whatever it is, even where nobody waits for it any more."""
        answer = await self.queue(request)
        self._answers.awaited.add(answer)
        answer.add_done_callback(self._answers.awaited.discard)
        return answer

    async def queue(self, request: msgspec.Struct) -> Future[Any]:
        """Put it behind all that was asked before, in the order of the calls; waits while there is no room."""
        with self._waiting():
            async with self._queueing:
                while self._outbox.full and self.error is None:
                    self._changed.clear()
                    await self._changed.wait()
                if self.error is not None:
                    raise self.error
                return self._enqueue(request)

    def _enqueue(self, request: msgspec.Struct) -> Future[Any]:
        answer, data = self._answers.add(request)
        self._link.write(data)
        return answer

    def pass_on(self, sign: msgspec.Struct) -> None:
        """Send what is worth nothing later."""
        self._link.write(encode(sign))

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Whoever waits for the line must not hold it up, even where they are its reader."""
        task = asyncio.current_task()
        self._waiters.add(task)
        self._review()
        try:
            yield
        finally:
            self._waiters.discard(task)
            self._review()

    def _review(self) -> None:
        """Read from the line only while its readers keep up."""
        self._link.hold(self.feed.clogged(self._waiters))

    async def flush(self) -> None:
        """Wait until all that was said is acknowledged, and has been heard where its room is followed.

        Raises SalonError where that cannot be any more.
        """
        with self._waiting():
            while self.error is None and (len(self._outbox) or not self._heard_all()):
                self._changed.clear()
                await self._changed.wait()
        if self.error is not None:
            raise self.error

    def _heard_all(self) -> bool:
        return all(room.cursor >= self._acknowledged.get(key, 0) for key, room in self.mirror.rooms.items())

    # what the link calls

    def hello(self) -> Connect:
        if self._been_here:
            self._wanted = dict(self.mirror.cursors())
        rooms = {room: since for room, since in self._wanted.items() if since is not None}
        room = "" if rooms else next(iter(self._wanted), "")
        name = self._asked_for if self._rename else self.name
        recent = 0 if self._been_here else self._recent
        return Connect(name, room, VERSION, self._secret, rooms, recent, self._rename, self._visit, "connect")

    def greeted(self, ack: ConnectAck, connection: Connection) -> None:
        back, self._been_here = self._been_here, True
        before = {room.name: (room.read, room.people is not None) for room in self.mirror.rooms.values()}
        entered = self.mirror.enter(ack, self._wanted, back=back)
        self.name, self.ticket, self.local = ack.name, ack.ticket, connection.local
        for room in self.mirror.rooms.values():
            self._hand_out(room)
        if back:
            self.feed.put(Back())
        for name in entered.refused:
            self._drop(name)
        for name in entered.uninvited:
            connection.write(encode(Leave(name)))
        for asked in self._outbox.unanswered():
            connection.write(asked.data)
        for name in entered.behind:
            self._enqueue(Join(name, self.mirror.rooms[fold(name)].cursor))
        self._take_up(before, ack)
        if self.peers is not None:
            self.peers.greeted()

    def _take_up(self, before: dict[str, tuple[int, bool]], ack: ConnectAck) -> None:
        """Tell the server how far was read meanwhile, and ask again who is here where that was known."""
        for name, (read, knew_people) in before.items():
            bounds = ack.rooms.get(name)
            if bounds is not None and read > bounds.read:
                self.pass_on(Read(read, name))
            if bounds is not None and knew_people:
                self._enqueue(List("members", name))

    def take(self, document: AnyDocument) -> None:
        _TAKE[type(document)](self, document.payload)
        self._changed.set()

    def lost(self, why: str) -> None:
        self.feed.put(Lost(why))

    def ended(self, error: SalonError) -> None:
        self.end(error, error)

    def end(self, error: SalonError, shown: SalonError | None) -> None:
        """Nothing can be asked any more; iterating ends with `shown`, or quietly."""
        if self.error is None:
            self.error = error
        self._answers.give_up(error)
        self.feed.close(shown)
        self._changed.set()

    # what a document does

    def _take_entry(self, document: Message | Notification | Gap) -> None:
        event = self.mirror.take(document)
        if event is None:
            return
        room = self.mirror.find(document.room)
        if room is not None:
            self._hand_out(room)
            key = fold(room.name)
            if isinstance(document, Gap) and room.cursor < self._acknowledged.get(key, 0):
                del self._acknowledged[key]  # another history, in which what was said here is not
        self.feed.put(event)

    def _take_ack(self, ack: Ack) -> None:
        asked = self._answers.settle(ack.id, ack)
        if asked is None:
            return
        if isinstance(asked.request, Join):
            self._hand_out(self.mirror.join(ack, asked.request.since))
        elif isinstance(asked.request, Leave):
            self._drop(ack.room)
        else:
            key = fold(ack.room)
            self._acknowledged[key] = max(ack.seq, self._acknowledged.get(key, 0))

    def _take_listing(self, listing: Listing) -> None:
        room = self.mirror.find(listing.room)
        if room is not None and listing.members is not None:
            room.people = list(listing.members)
        self._take_answer(listing)

    def _take_answer(self, answer: Listing | HistoryPayload | Supplied) -> None:
        self._answers.settle(answer.id, answer)

    def _take_error(self, error: Error) -> None:
        refused = self._answers.refuse(error)
        if refused is not None:
            self.feed.put(refused)

    def _take_aside(self, said: Asked | Come | Withdrawn | Preparing | Reach) -> None:
        if self.peers is not None:
            self.peers.hear(said)

    def _take_nothing(self, _payload: object) -> None:
        """A sign of life, no more."""

    def _hand_out(self, mirror: RoomMirror) -> Room:
        """The room as programs hold it: one object while it is followed."""
        key = fold(mirror.name)
        room = self.rooms.get(key)
        if room is None:
            room = self.rooms[key] = Room(self, mirror)
        return room

    def _drop(self, name: str) -> None:
        """The room is followed no longer; whoever iterates over it has come to the end."""
        self.mirror.leave(name)
        self.rooms.pop(fold(name), None)
        self.feed.wake()


_ASIDES = (
    answers.AskedDocument,
    answers.ComeDocument,
    answers.WithdrawnDocument,
    answers.PreparingDocument,
    answers.ReachDocument,
)
_SIGNS = (answers.ConnectAckDocument, answers.PongDocument, answers.ExitAckDocument)
_TAKE: dict[type, Callable[[Desk, Any], None]] = {
    answers.MessageDocument: Desk._take_entry,
    answers.NotificationDocument: Desk._take_entry,
    answers.GapDocument: Desk._take_entry,
    answers.AckDocument: Desk._take_ack,
    answers.ListDocument: Desk._take_listing,
    answers.HistoryDocument: Desk._take_answer,
    answers.SuppliedDocument: Desk._take_answer,
    answers.ErrorDocument: Desk._take_error,
    **dict.fromkeys(_ASIDES, Desk._take_aside),
    **dict.fromkeys(_SIGNS, Desk._take_nothing),
}
