"""The hall: what a session may do, as use cases over the rooms, the register and the store."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from asyncio import Future
from collections.abc import Callable
from typing import TYPE_CHECKING

from salon.core.batch import Batch
from salon.core.commands import Command, Say
from salon.core.limits import GOODBYE_SECONDS, SESSION_ROOMS
from salon.core.names import LOBBY, direct_name, fold, room_name
from salon.core.people import Person
from salon.core.room import RoomState
from salon.core.shelf import Shelf
from salon.errors import CLOSING, NOT_HERE, NOT_JOINED, TOO_MANY_ROOMS, UNKNOWN_ROOM, Refusal, refuse
from salon.ground.tasks import Tasks
from salon.hall.asking import Asking
from salon.hall.entrance import Entrance
from salon.hall.following import Follower
from salon.hall.happenings import Happenings
from salon.hall.openings import Openings
from salon.hall.operating import Operating
from salon.hall.pacing import follower_of
from salon.hall.ports import Store, Stored
from salon.hall.requests import Requests
from salon.hall.ring import Budget
from salon.hall.room import Room
from salon.hall.session import Session
from salon.hall.submitting import Submitting
from salon.hall.transfers import Transfers

if TYPE_CHECKING:
    from salon.hall.shelving import Shelving

log = logging.getLogger("salon")


class Hall:
    """Rooms, people and what they do. One per process; everything happens on its loop."""

    def __init__(self, store: Store, clock: Callable[[], int], retain_ms: int | None = None) -> None:
        self.store = store
        self.clock = clock
        self.tasks = Tasks()
        self.happenings = Happenings(clock)
        self.transfers = Transfers(clock, self.happenings)
        self.entrance = Entrance(store, clock, self.happenings)
        self.register = self.entrance.register
        self.sessions = self.entrance.sessions
        self.requests = Requests(self.register, self.happenings, self.transfers)
        self.rooms: dict[str, Room] = {}
        self._retain_ms = retain_ms
        self._loading: dict[str, Future[Stored | None]] = {}
        self.shelving: Shelving | None = None  # where there are files
        self.openings: Openings | None = None  # where they can be had over UDP
        self._closing: Future[None] | None = None  # done once nothing is on its way to a log
        self._emptied: Future[None] | None = None  # done once every session is over
        self._shelf_changed: Callable[[Room, Shelf, Shelf], None] | None = None
        self._budget = Budget()
        self.began = clock()
        self.asking = Asking(self)
        self.operating = Operating(self)
        self.loop = asyncio.get_running_loop()
        self.submitting = Submitting(self.loop, clock, self.tasks, self.happenings, self._committed, self._rest)

    @property
    def rings_bytes(self) -> int:
        """What the newest entries of all rooms take in memory."""
        return self._budget.used

    def watch_shelves(self, changed: Callable[[Room, Shelf, Shelf], None]) -> None:
        """Have `changed` called with a room's shelf as it was and as it is, whenever a batch changed one."""
        self._shelf_changed = changed

    # coming and going

    async def enter(
        self, session: Session, name: str, secret: str, *, rename: bool = False, visit: bool = False
    ) -> Refusal | None:
        """See `Entrance.come_in` and `Entrance.visit`."""
        if visit:
            return await self.entrance.visit(session, name, secret)
        return await self.entrance.come_in(session, name, secret, rename=rename)

    def end(self, session: Session, *, broken: bool) -> None:
        """The session is over: by a goodbye, or because its line broke.

        Somebody who showed no secret cannot come back and be known, so nobody waits for them.
        """
        session.closed = True
        broken = broken and session.person.lasting and not session.sent_out
        for follower in list(session.followers.values()):
            self._unfollow(session, follower.room, broken=broken)
        session.behind.clear()
        self.requests.gone(session)
        self.entrance.go_out(session, broken=broken)
        if self._emptied is not None and not self.sessions and not self._emptied.done():
            self._emptied.set_result(None)

    # rooms

    async def join(self, session: Session, raw_name: str, since: int | None) -> Follower | Refusal:
        """Follow a room from `since` on: an open one, which this makes where it is not, or one's own direct room."""
        key = await self.key_of(session.person, raw_name)
        if isinstance(key, Refusal):
            return key
        follower = session.followers.get(key)
        if follower is not None:
            return follower
        if len(session.followers) >= SESSION_ROOMS:
            return refuse(TOO_MANY_ROOMS, limit=SESSION_ROOMS)
        room = await self.open(key, RoomState(unicodedata.normalize("NFC", raw_name).strip()))
        if session.closed:
            self.forget_if_deserted(room)
            return refuse(NOT_JOINED, room=raw_name)
        return self._follow(session, room, since)

    async def key_of(self, person: Person, raw_name: str) -> str | Refusal:
        """The key under which the log has a room that this person may read."""
        if raw_name.startswith("@"):
            mine = [room for room in await self.store.rooms_between(person.number) if room.state.name == fold(raw_name)]
            # Two people may have had one name, one after the other: whoever spoke last is meant.
            return max(mine, key=lambda room: room.time).key if mine else refuse(UNKNOWN_ROOM, room=raw_name)
        name = room_name(raw_name)
        return name if isinstance(name, Refusal) else fold(name)

    def _follow(self, session: Session, room: Room, since: int | None) -> Follower:
        follower = session.followers.get(room.key)
        if follower is None:
            follower = session.followers[room.key] = follower_of(room, session, since)
            room.followers[session] = follower
            if not room.state.direct:
                room.arrive(session.person)
            if follower.has_more:
                session.lag(follower)
        return follower

    def leave(self, session: Session, follower: Follower) -> None:
        """Stop following a room."""
        self._unfollow(session, follower.room, broken=False)

    def _unfollow(self, session: Session, room: Room, *, broken: bool) -> None:
        del session.followers[room.key]
        follower = room.followers.pop(session)
        if follower.queued:  # else it would go on telling of a room that was left
            session.behind.remove(follower)
        if not room.state.direct:
            room.depart(session.person, broken=broken)
        self.forget_if_deserted(room)

    async def open(self, key: str, state: RoomState) -> Room:
        """The room with this key, loaded where it is not in memory; `state` is what it begins with where it is new.

        Whoever awaits this gets the room in the same turn in which it is known to be the one in memory.
        """
        while (room := self.rooms.get(key)) is None:
            loading = self._loading.get(key)
            if loading is None:
                loading = self._loading[key] = self.store.load(key)
                try:
                    stored = await loading
                finally:
                    del self._loading[key]
                self.rooms[key] = Room(
                    key,
                    stored.state if stored else state,
                    stored,
                    self.store,
                    self._budget,
                    self.happenings,
                    self.forget_if_deserted,
                )
            else:
                await asyncio.wait([loading])
        return room

    def forget_if_deserted(self, room: Room) -> None:
        if room.deserted and self.rooms.get(room.key) is room:
            del self.rooms[room.key]
            room.ring.clear()

    # talking

    def submit(self, session: Session, follower: Follower, command: Command) -> None:
        self.submitting.submit(follower.room, session, command)

    async def say_privately(self, session: Session, say: Say) -> Refusal | None:
        """Say something to one person, who may be away if they can come back and be known."""
        person = await self._person(say.to)
        if person is None:
            refusal = refuse(NOT_HERE, name=say.to)
            self.happenings.refused(session.person.name, refusal.code, refusal.message)
            return refusal
        room = await self._between(session.person, person)
        if not session.closed:
            self._follow(session, room, None)
        self.submitting.submit(room, session, say)
        return None

    async def _person(self, name: str) -> Person | None:
        """Whoever is called so: who is here, else who has shown a secret."""
        holder = self.register.holder(name)
        return holder.person if holder and holder.person else await self.store.find(name)

    async def _between(self, one: Person, other: Person) -> Room:
        """The private room of two people."""
        first, second = sorted((one, other), key=lambda person: person.number)
        state = RoomState(direct_name(one.name, other.name), between=(first, second))
        return await self.open(f"@{first.number}:{second.number}", state)

    def _committed(self, room: Room, batch: Batch) -> None:
        """Both people of a direct room follow it from its first sound on, in all their sessions."""
        self.happenings.committed(room.key, room.view, batch.entries)
        if batch.rewrites:
            self.happenings.rewritten(room.key, batch.rewrites)
        if batch.state.shelf is not room.state.shelf and self._shelf_changed is not None:
            self._shelf_changed(room, room.state.shelf, batch.state.shelf)
        for person in room.state.between:
            for session in self.register.sessions_of(person):
                self._follow(session, room, None)

    # asking

    async def find(self, person: Person, raw_name: str) -> Room | Refusal:
        """A room that this person may read, whether they follow it or not."""
        key = await self.key_of(person, raw_name or LOBBY)
        if isinstance(key, Refusal):
            return key
        if key in self.rooms or key == LOBBY or await self.store.load(key):
            room = await self.open(key, RoomState(raw_name or LOBBY))
            self.forget_if_deserted(room)  # to look at it needs no place in memory
            return room
        return refuse(UNKNOWN_ROOM, room=raw_name)

    async def find_or_make(self, person: Person, raw_name: str) -> Room | Refusal:
        """A room that this person may write to, made where it is not: a private one with somebody who is known."""
        key = await self.key_of(person, raw_name or LOBBY)
        if not isinstance(key, Refusal):
            return await self.open(key, RoomState(raw_name.strip() or LOBBY))
        one, _, other = fold(raw_name).removeprefix("@").partition(":")
        if raw_name.startswith("@") and fold(person.name) in (one, other):
            known = await self._person(other if one == fold(person.name) else one)
            if known is not None and fold(raw_name) == direct_name(person.name, known.name):
                return await self._between(person, known)
        return key

    # keeping house

    async def trim(self) -> None:
        """Forget what is older than the operator wants to keep, in every room."""
        if self._retain_ms is None:
            return
        now = self.clock()
        for stored in await self.store.rooms():
            first = await self.store.first_since(stored.key, now - self._retain_ms)
            if first > stored.first:
                kept = await self.store.trim(stored.key, first, now)
                room = self.rooms.get(stored.key)
                if room is not None:
                    room.first = max(room.first, kept)

    async def close(self, sentence: str) -> None:
        """Tell everybody, write what is on its way, end every session, close the store."""
        for session in self.sessions:
            session.busy = True  # nothing more is read
        self._closing = self.loop.create_future()
        self._note_rest()
        await self._closing
        self.requests.close(refuse(CLOSING))
        for session in list(self.sessions):
            session.reply(session.dialect.notice("closing", sentence))
            session.outlet.close()
        if self.sessions:
            self._emptied = self.loop.create_future()
            await asyncio.wait([self._emptied], timeout=GOODBYE_SECONDS)
        await self.tasks.close()
        await self.store.close()

    def _rest(self, room: Room) -> None:
        """A room has nothing to write."""
        self.forget_if_deserted(room)
        self._note_rest()

    def _note_rest(self) -> None:
        if self._closing and not self._closing.done() and not any(room.busy for room in self.rooms.values()):
            self._closing.set_result(None)
