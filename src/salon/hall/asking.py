"""Asking the hall: what changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from salon.core.events import Entry
from salon.core.limits import HISTORY_ENTRIES
from salon.core.names import LOBBY, fold
from salon.core.people import Person
from salon.errors import Refusal
from salon.hall.ports import Stored
from salon.hall.room import Room
from salon.hall.session import Session
from salon.wire.answers import FileLine, RoomLine
from salon.wire.opening import UdpPlace

if TYPE_CHECKING:
    from salon.hall.hall import Hall


class Page(Struct, frozen=True):
    """A piece of a room's history with the room's bounds."""

    room: Room
    entries: list[Entry]


class Asking:
    """Questions of sessions, each answered from memory and the store."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    @property
    def features(self) -> list[str]:
        """What full clients may count on beside talking."""
        files = ["files"] if self._hall.shelving is not None else []
        return [*files, "udp"] if self._hall.openings is not None else files

    @property
    def udp(self) -> UdpPlace | None:
        """Where files are to be had over UDP, once that is known."""
        return self._hall.openings.place if self._hall.openings is not None else None

    @property
    def limits(self) -> dict[str, int]:
        """The operator's limits, for full clients."""
        limit = self._hall.shelving.policy.max_file if self._hall.shelving is not None else 0
        return {"file_bytes": limit} if limit else {}

    async def files(self, person: Person, raw_room: str) -> list[FileLine] | Refusal:
        """The files of a room; none where the server has no shelves."""
        return await self._hall.shelving.listing(person, raw_room) if self._hall.shelving is not None else []

    async def history(self, session: Session, raw_name: str, before: int, limit: int) -> Page | Refusal:
        """Up to `limit` entries before number `before`, or before the end where that is 0."""
        room = await self._hall.find(session.person, raw_name)
        if isinstance(room, Refusal):
            return room
        limit = max(1, min(limit, HISTORY_ENTRIES))
        entries = await self._hall.store.read_before(room.key, before if before > 0 else room.head + 1, limit)
        self._hall.forget_if_deserted(room)
        return Page(room, entries)

    async def recently(self, session: Session, raw_name: str, seconds: int) -> int | None:
        """After which entry of a room the last so many seconds begin, as far as this server has been running."""
        key = await self._hall.key_of(session.person, raw_name)
        if isinstance(key, Refusal):
            return None
        return await self._hall.store.first_since(key, max(self._hall.began, self._hall.clock() - seconds * 1000)) - 1

    async def list_rooms(self, session: Session) -> list[RoomLine]:
        """Every open room and one's own direct rooms, by name."""
        lines = {LOBBY: RoomLine(LOBBY)}
        for stored in await self._hall.store.rooms():
            if stored.state.admits(session.person):
                lines[stored.key] = RoomLine(stored.state.name, stored.head, 0, stored.state.topic)
        for room in self._hall.rooms.values():
            if not room.state.direct:
                lines[room.key] = RoomLine(room.view.name, room.head, len(room.names), room.state.topic)
        return sorted(lines.values(), key=lambda line: fold(line.name))

    async def direct_rooms(self, session: Session) -> list[Stored]:
        return await self._hall.store.rooms_between(session.person.number) if session.person.lasting else []

    async def positions(self, session: Session) -> Mapping[str, int]:
        """How far the person has read, by room key."""
        return await self._hall.store.positions(session.person.number) if session.person.lasting else {}
