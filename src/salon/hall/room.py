"""A room in memory: the working copy of its log's end, who listens, who is here, and what waits to be decided."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from salon.core.batch import Submission
from salon.core.limits import GRACE_SECONDS
from salon.core.people import Person
from salon.core.room import RoomState
from salon.hall.following import Follower
from salon.hall.happenings import Happenings
from salon.hall.ports import Log, Stored
from salon.hall.ring import Budget, Item, Piece, Ring
from salon.wire.dialect import Dialect, RoomView

if TYPE_CHECKING:
    from salon.hall.session import Session

log = logging.getLogger("salon")
events = logging.getLogger("salon.events")  # what a log of happenings tells in its own words


class _Member:
    """A person who is here, with how many sessions; `leaving` while the grace of a broken line runs."""

    __slots__ = ("leaving", "name", "sessions")

    def __init__(self, name: str) -> None:
        self.name = name
        self.sessions = 0
        self.leaving: asyncio.TimerHandle | None = None


class Room:
    """One room that somebody is in, or that something happens in.

    busy   a batch is being decided or written
    inbox  what waits for the next batch
    """

    def __init__(
        self,
        key: str,
        state: RoomState,
        stored: Stored | None,
        store: Log,
        budget: Budget,
        happenings: Happenings,
        deserted: Callable[["Room"], None],
    ) -> None:
        self.key = key
        self._tell_deserted = deserted
        self._happenings = happenings
        self.log = store
        self.state = state
        self.view = RoomView(state.name, state.between)
        self.first = stored.first if stored else 1
        self.head = stored.head if stored else 0
        self.time = stored.time if stored else 0
        self.unwritten = stored is None  # the state is not in the log yet
        self.ring = Ring(self.head, budget)
        self.busy = False
        self.inbox: list[Submission] = []
        self.followers: dict[Session, Follower] = {}
        self._members: dict[int, _Member] = {}
        self._farewells: list[int] = []  # those who leave once what they said is written
        self._joined: list[str] = []
        self._left: list[str] = []
        self._announcing = False
        self._loop = asyncio.get_running_loop()

    @property
    def names(self) -> list[str]:
        """Who is here, in the order in which they came."""
        return [member.name for member in self._members.values()]

    @property
    def deserted(self) -> bool:
        """Whether nobody would miss it: the log has everything."""
        return not (self.followers or self._members or self.busy or self.inbox or self._announcing)

    def reload(self, stored: Stored | None) -> None:
        """The log went on without us: take its word, and let followers read from it what we did not see."""
        if stored is not None:
            self.state, self.first, self.head, self.time = stored.state, stored.first, stored.head, stored.time
            self.view = RoomView(self.state.name, self.state.between)
            self.unwritten = False
        self.ring.restart(self.head)

    def deliver(self) -> None:
        """Give every follower what is new. What all of them have taken need not be kept.

        Most stand where the one before them stood, speak as it does, and take the very piece that it took: for them
        nothing more is asked. It is the innermost loop of the server.
        """
        tip, behind = self.ring.tip, False
        shared: Piece | None = None
        dialect: Dialect | None = None
        for session, follower in self.followers.items():
            try:
                if (
                    shared is not None
                    and follower.place == shared.begin
                    and session.dialect is dialect
                    and not session.parked
                ):
                    follower.place, follower.cursor = tip, shared.last
                    session.write(shared.data)
                    continue
                follower.pull()
                if shared is None or session.dialect is not dialect:  # the one before may have been parked
                    dialect = session.dialect
                    shared = self.ring.shared_to_tip(dialect)
            except Exception:
                log.exception("A follower could not be served.")  # it is sent away; the others are not touched
                session.outlet.close()
            if follower.place != tip:
                behind = True
        if behind:
            self.ring.relieve()
        else:
            self.ring.clear()

    # who is here

    def arrive(self, person: Person) -> None:
        member = self._members.get(person.number)
        if member is None:
            member = self._members[person.number] = _Member(person.name)
            self._announce(self._joined, self._left, person.name)
        elif member.leaving is not None:
            member.leaving.cancel()
            member.leaving = None
        member.sessions += 1

    def depart(self, person: Person, *, broken: bool) -> None:
        """One session fewer. After a broken line the person stays for a while, in case they come back."""
        member = self._members[person.number]
        member.sessions -= 1
        if member.sessions:
            return
        if broken:
            member.leaving = self._loop.call_later(GRACE_SECONDS, partial(self._leave, person.number))
        else:
            self._leave(person.number)

    def _leave(self, number: int) -> None:
        """Nobody leaves before their last words: those may still be on their way to the log."""
        if self.busy or self.inbox:
            self._farewells.append(number)
        else:
            self._gone(number)

    def take_farewells(self) -> list[int]:
        """Those whose last words are in the batch that begins now, or were in one before."""
        farewells, self._farewells = self._farewells, []
        return farewells

    def say_farewells(self, numbers: list[int]) -> None:
        """What these said is written: now they leave."""
        for number in numbers:
            self._gone(number)

    def _gone(self, number: int) -> None:
        member = self._members.get(number)
        if member is not None and not member.sessions:
            del self._members[number]
            self._announce(self._left, self._joined, member.name)

    def _announce(self, these: list[str], those: list[str], name: str) -> None:
        """Note who came or went; told once per turn of the loop. Who did both meanwhile is not worth a word."""
        if name in those:
            those.remove(name)
        else:
            these.append(name)
        if not self._announcing:
            self._announcing = True
            self._loop.call_soon(self.announce)

    def announce(self) -> None:
        """Tell everybody who came and went since the last time."""
        self._announcing = False
        joined, self._joined = self._joined, []
        left, self._left = self._left, []
        for name in joined:
            events.info("%s joined %s", name, self.view.name)
        for name in left:
            events.info("%s left %s", name, self.view.name)
        if joined:
            self._happenings.tell("joined", room=self.view.name, names=tuple(joined))
        if left:
            self._happenings.tell("parted", room=self.view.name, names=tuple(left))
        if joined or left:
            self.ring.add(Item(self.head, joined=joined, left=left))
            self.ring.trim()
            self.deliver()
        if self.deserted:
            self._tell_deserted(self)
