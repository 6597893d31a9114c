"""Followers for clients that take one thing at a time.

What waits is the room's log, not a queue. Whoever is far behind goes on with the newest, and is told so.
"""

from typing import TYPE_CHECKING

from salon.core.limits import PACED_BEHIND, PACED_NEWEST, PACED_PAGE
from salon.hall.following import Follower
from salon.hall.ring import without_words_of

if TYPE_CHECKING:
    from salon.hall.room import Room
    from salon.hall.session import Session

HURRIED = "There was more than can be told one by one."


class PacedFollower(Follower):
    """A cursor that moves entry by entry, also within an item of the ring."""

    page = PACED_PAGE

    __slots__ = ()

    def pull(self) -> None:
        """Take one entry, or who came and went, if there is any and the session can take it."""
        session, room = self.session, self.room
        if not self.has_more or session.parked or self.reading:
            return
        if room.head - self.cursor > PACED_BEHIND:
            self._hurry()
        if self.place < room.ring.floor:
            self._fall_back()
            return
        data = self._step()
        if data:
            session.write(data)
        if self.has_more:
            session.lag(self)

    def _hurry(self) -> None:
        """Leave out all but the newest, which the store has."""
        room, session = self.room, self.session
        last = room.head - PACED_NEWEST
        session.reply(session.dialect.gap(room.view, self.cursor + 1, last, HURRIED))
        self.cursor, self.place = last, -1
        self.aim, self.aim_place = room.head, room.ring.tip

    def _step(self) -> bytes:
        item = self.room.ring.item(self.place)
        own, dialect, view = self.session.person, self.session.dialect, self.room.view
        ahead = item.entries[max(0, self.cursor - item.before) :][:1]
        if ahead:
            self.cursor = ahead[0].seq
        if self.cursor >= item.last:
            self.place += 1
        if not item.entries:
            return item.presence_without(own, dialect, view)
        shown = without_words_of(own, ahead)
        return dialect.entries(view, shown) if shown else b""


def follower_of(room: "Room", session: "Session", since: int | None) -> Follower:
    """The follower for what this session speaks."""
    make = PacedFollower if session.dialect.paced else Follower
    return make(room, session, since)
