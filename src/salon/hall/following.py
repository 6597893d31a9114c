"""Followers: one per session and room, each a cursor into the room's log.

Delivering is reading from one's position. A follower that keeps up takes the piece that all others take; one that is
behind the ring reads pages from the store until it has reached what it aims at, and then goes on from the ring. There
is no task and no queue per connection: a follower that stands still is a few integers.
"""

from asyncio import Future
from typing import TYPE_CHECKING

from salon.core.events import Entry
from salon.core.limits import PAGE_ENTRIES
from salon.errors import SalonError
from salon.hall.ring import Piece, without_words_of

if TYPE_CHECKING:
    from salon.hall.room import Room
    from salon.hall.session import Session

TRIMMED = "These messages are not kept any more."
ELSEWHERE = "This room's history is another one now."


class Follower:
    """Where a session stands in a room.

    cursor  number of the last entry it was given
    place   tick of the last item of the ring that it took; -1 while it reads from the store
    """

    page = PAGE_ENTRIES  # read from the store at once

    __slots__ = ("aim", "aim_place", "cursor", "missed", "place", "queued", "reading", "room", "session")

    def __init__(self, room: "Room", session: "Session", since: int | None) -> None:
        self.room = room
        self.session = session
        self.queued = False  # stands in its session's queue of those that have more to take
        self.reading = False  # waits for a page of the store
        self.missed = False  # who came and went while it was behind the ring
        self.aim = room.head  # up to here it reads from the store, then goes on from the ring's tick `aim_place`
        self.aim_place = room.ring.tip
        self.cursor = _beginning(since, room.first, room.head)
        self.place = room.ring.tip if self.cursor == room.head else -1
        if since is not None and since > room.head:
            session.reply(session.dialect.gap(room.view, room.head + 1, since, ELSEWHERE))

    @property
    def has_more(self) -> bool:
        return self.place != self.room.ring.tip

    def pull(self) -> None:
        """Take one piece, if there is one and the session can take it."""
        session, room = self.session, self.room
        ring = room.ring
        place = self.place
        if place == ring.tip or session.parked or self.reading:
            return
        if place < ring.floor:
            self._fall_back()
            return
        piece = ring.piece(place, session.dialect, room.view)
        self.place = piece.end
        self.cursor = piece.last
        if piece.whose:
            self._write_without_own(piece)
        else:
            session.write(piece.data)
        if piece.end != ring.tip:
            session.lag(self)

    def _write_without_own(self, piece: Piece) -> None:
        """Where the dialect does not echo: what is left of the piece for this person."""
        session, room = self.session, self.room
        data, own = piece.data, session.person
        if not piece.whose.isdisjoint((own.number, own.name)):
            data = room.ring.data_without(piece, own, session.dialect, room.view)
        if data:
            session.write(data)

    def _fall_back(self) -> None:
        """Read the next page from the store, towards the aim."""
        ring = self.room.ring
        if self.place >= 0 or self.aim_place < ring.floor:  # it fell behind the ring: aim at the ring's beginning
            self.missed = True
            self.aim, self.aim_place = ring.base, ring.floor
            self.place = -1
        if self.cursor >= self.aim:
            self._arrive()
            return
        self.reading = True
        page = self.room.log.read(self.room.key, self.cursor, min(self.page, self.aim - self.cursor))
        page.add_done_callback(self._paged)

    def _paged(self, page: Future[list[Entry]]) -> None:
        self.reading = False
        if self.session.closed or self.session.followers.get(self.room.key) is not self:
            return
        try:
            # What lies behind the aim comes from the ring; where the beginning was trimmed, a page reaches further.
            entries = [entry for entry in page.result() if entry.seq <= self.aim]
        except SalonError as error:
            # The cursor stays where it is; the session is told, and closed, because its place cannot be served.
            self.session.reply(self.session.dialect.refused(error.refusal))
            self.session.outlet.close()
            return
        first = entries[0].seq if entries else self.aim + 1
        parts = []
        if first > self.cursor + 1:
            parts.append(self.session.dialect.gap(self.room.view, self.cursor + 1, first - 1, TRIMMED))
        dialect = self.session.dialect
        shown = entries if dialect.echo else without_words_of(self.session.person, entries)
        if shown:
            parts.append(dialect.entries(self.room.view, shown))
        self.cursor = entries[-1].seq if entries else self.aim
        if parts:
            self.session.write(b"".join(parts))
        if self.cursor >= self.aim:
            self._arrive()
        elif not self.session.parked:
            self._fall_back()

    def _arrive(self) -> None:
        """At the aim: from here on the ring, if it still reaches back so far."""
        self.place = self.aim_place
        if self.missed and self.place >= self.room.ring.floor:
            self.missed = False
            self.session.write(self.session.dialect.members(self.room.view, self.room.names))
        if self.has_more:
            self.session.lag(self)


def _beginning(since: int | None, first: int, head: int) -> int:
    """The cursor that a wish of `since` means: nothing at or before it is given."""
    if since is None:
        return head
    if since < 0:
        return max(first - 1, head + since)
    return min(since, head)
