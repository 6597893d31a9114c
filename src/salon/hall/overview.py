"""What the operator sees at a glance: who is here and how well served, rooms, shelves, files on their way, the machine.

Looked at once a second while somebody looks, for all of them together. Where there are thousands, the conspicuous come
first and the rest is a number.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from salon.core.limits import OVERVIEW_ROWS, OVERVIEW_STEP
from salon.hall.ports import Stored
from salon.hall.room import Room
from salon.hall.session import Session
from salon.wire.console import FileRow, Machine, RoomRow, SessionRow, Shelves, State, Table, TransferRow

if TYPE_CHECKING:
    from salon.hall.hall import Hall

_FRESH_MS = 900  # so old a look may be
_STORED_MS = 5_000  # rooms that nobody is in change seldom, and each is read from the disk

Gauges = tuple[int | None, int | None, int | None]  # memory, free bytes of the disk, all of its bytes
Row = TypeVar("Row")


class Overview:
    """Looks at a hall. `gauges` asks the machine."""

    def __init__(self, hall: Hall, gauges: Callable[[], Gauges]) -> None:
        self._hall = hall
        self._gauges = gauges
        self._state = State()
        self._looked = 0
        self._stored: list[Stored] = []
        self._read = 0
        self._looking = asyncio.Lock()

    async def look(self) -> State:
        """How things are, or were a moment ago. Raises SalonError where the store cannot be read."""
        async with self._looking:
            now = self._hall.clock()
            if not 0 <= now - self._looked < _FRESH_MS:
                if not 0 <= now - self._read < _STORED_MS:
                    self._stored = await self._hall.store.rooms()
                    self._read = now
                self._state = await self._look()
                self._looked = now
            return self._state

    async def _look(self) -> State:
        return State(
            await self._people(),
            await self._rooms(),
            self._shelves(),
            self._transfers(),
            self._machine(),
        )

    async def _people(self) -> Table:
        """Those that are served worst first, then those that came last."""
        sessions = list(self._hall.sessions)
        rows = await _in_steps(sessions, _session_row)
        rows = heapq.nsmallest(OVERVIEW_ROWS, rows, key=lambda row: (not row.parked, -row.lag, -row.came, row.name))
        return Table(len(sessions), rows)

    async def _rooms(self) -> Table:
        """Those with the most people first, then those where most was said."""
        stored = {one.key: one for one in self._stored if not one.state.direct}
        present = {room.key: room for room in self._hall.rooms.values() if not room.state.direct}
        rows = await _in_steps(present.values(), _room_row)
        rows += [
            RoomRow(one.state.name, one.state.topic, 0, one.head, 0, 0, 0)
            for one in stored.values()
            if one.key not in present
        ]
        total = len(rows)
        rows = heapq.nsmallest(OVERVIEW_ROWS, rows, key=lambda row: (-row.here, -row.seq, row.name))
        return Table(total, rows)

    def _shelves(self) -> Shelves:
        present = self._hall.rooms
        states = [present[one.key].state if one.key in present else one.state for one in self._stored]
        known = {one.key for one in self._stored}
        states += [room.state for room in present.values() if room.key not in known]
        files = [
            FileRow(state.name, mark.name, mark.size, mark.by, mark.time)
            for state in states
            if not state.direct
            for mark in state.shelf
        ]
        newest = heapq.nlargest(OVERVIEW_ROWS, files, key=lambda row: (row.time, row.room, row.name))
        return Shelves(len(files), newest, sum(row.size for row in files))

    def _transfers(self) -> Table:
        moving = list(self._hall.transfers)
        rows = [
            TransferRow(t.number, t.who, t.file, t.place, t.up, t.size, t.offset, t.rate, t.path, t.paused, t.began)
            for t in moving
        ]
        return Table(len(rows), heapq.nsmallest(OVERVIEW_ROWS, rows, key=lambda row: (row.paused, -row.number)))

    def _machine(self) -> Machine:
        hall = self._hall
        memory, free, size = self._gauges()
        return Machine(
            memory=memory,
            disk_free=free,
            disk_size=size,
            kept=hall.rings_bytes,
            sessions=len(hall.sessions),
            people=len(hall.register),
            private_rooms=sum(room.state.direct for room in hall.rooms.values()),
            entries=hall.submitting.entries,
            refusals=hall.happenings.refusals,
            moved_up=hall.transfers.moved_up,
            moved_down=hall.transfers.moved_down,
        )


async def _in_steps(things: Iterable[Any], row_of: Callable[[Any], Row]) -> list[Row]:
    """A row for each, with turns of the loop between: nobody's message waits until thousands were looked at."""
    rows = []
    for count, thing in enumerate(list(things), 1):
        rows.append(row_of(thing))
        if not count % OVERVIEW_STEP:
            await asyncio.sleep(0)
    return rows


def _session_row(session: Session) -> SessionRow:
    followers = session.followers.values()
    return SessionRow(
        name=session.person.name,
        dialect=session.dialect.title,
        address=session.outlet.address,
        came=session.came,
        rooms=len(followers),
        lag=max((follower.room.head - follower.cursor for follower in followers), default=0),
        buffered=session.outlet.buffered,
        unsettled=session.unsettled,
        parked=session.parked,
    )


def _room_row(room: Room) -> RoomRow:
    lag = max((room.head - follower.cursor for follower in room.followers.values()), default=0)
    return RoomRow(room.view.name, room.state.topic, len(room.names), room.head, lag, room.ring.size, len(room.inbox))
