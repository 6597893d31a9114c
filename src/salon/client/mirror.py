"""The mirror: rooms as this client knows them, folded from the server's documents. Pure: no I/O, no clock.

A room is a cursor and what was seen up to there. What stands at or before the cursor is known already and dropped;
what would leave a hole that the server did not announce is an error (`Hole`): the line is then taken up again from the
cursor, and the hole fills.
"""

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

import msgspec

from salon.client.events import Entry, Event
from salon.core.limits import SESSION_ROOMS
from salon.core.names import fold
from salon.wire.answers import Ack, Bounds, ConnectAck, Gap, Message, Notification

KEPT_ENTRIES = 1_000  # of one room: what a screen can be scrolled through without asking the server
DIRECT = "@"  # how the name of a private room of two people begins
# Signs that are in no log, whatever fields they carry.
_PASSING = frozenset(("presence", "members", "typing", "read", "closing"))


class Hole(Exception):
    """Entries are missing, and no gap was announced."""

    def __init__(self, room: str, first: int, last: int) -> None:
        super().__init__(f"entries {first} to {last} of {room} are missing")


class RoomMirror:
    """One room.

    cursor   number of the last entry seen
    first    first number that the log held when the room was entered
    entered  the newest entry when the room was entered: up to here one hears of the past
    read     how far this person has read, in any of their sessions
    people   who is here, or None while nobody asked
    entries  the newest entries and gaps by number, as they stand now: edited, or deleted (`redacted`, without text)
    """

    def __init__(self, name: str, cursor: int, first: int = 1, read: int = 0, topic: str = "") -> None:
        self.name = name
        self.cursor = cursor
        self.first = first
        self.entered = cursor
        self.read = read
        self.topic = topic
        self.people: list[str] | None = None
        self.entries: dict[int, Entry] = {}

    @property
    def direct(self) -> bool:
        return self.name.startswith(DIRECT)

    @property
    def unread(self) -> int:
        """How many entries came since the person last read."""
        return max(0, self.cursor - self.read)

    # what the log says

    def take(self, entry: Message | Notification) -> bool:
        """Fold the next entry; False where it is known already. Raises Hole where one before it is missing."""
        if entry.seq <= self.cursor:
            return False
        if entry.seq > self.cursor + 1:
            raise Hole(self.name, self.cursor + 1, entry.seq - 1)
        self.cursor = entry.seq
        self._keep(entry.seq, entry)
        if isinstance(entry, Notification):
            self._apply(entry)
        return True

    def _apply(self, change: Notification) -> None:
        if change.kind == "topic":
            self.topic = change.topic or ""
            return
        target = self.entries.get(change.target)
        if not isinstance(target, Message):
            return
        # An edit whose text is gone was superseded: what the target says already is newer.
        if change.kind == "edited" and change.text is not None:
            self.entries[change.target] = msgspec.structs.replace(target, text=change.text, edited=change.seq)
        elif change.kind == "redacted":
            self.entries[change.target] = msgspec.structs.replace(target, text="", redacted=change.seq)

    def skip(self, gap: Gap) -> bool:
        """Fold a gap; False where it is known already. Raises Hole where something before it is missing."""
        if gap.start > self.cursor + 1:
            raise Hole(self.name, self.cursor + 1, gap.start - 1)
        if gap.start <= self.cursor:
            if gap.end < self.cursor:
                return False
            self._go_back(gap.start - 1)
        else:
            self.cursor = gap.end
        self._keep(gap.start, gap)
        return True

    def _go_back(self, cursor: int) -> None:
        """The log is shorter than we knew it: another history, of which we know nothing behind the cursor."""
        self.cursor = cursor
        self.read = min(self.read, cursor)
        self.entries = {seq: entry for seq, entry in self.entries.items() if seq <= cursor}

    def _keep(self, seq: int, entry: Entry) -> None:
        self.entries[seq] = entry
        if len(self.entries) > KEPT_ENTRIES:
            del self.entries[next(iter(self.entries))]

    def newest(self, count: int) -> list[Entry]:
        """The last so many that are kept, in their order."""
        return list(islice(self.entries.values(), max(0, len(self.entries) - count), None))

    # what passes

    def note(self, sign: Notification) -> None:
        """Who came and went, and how far another session of this person has read."""
        if sign.kind == "read":
            self.read = max(self.read, sign.target or sign.seq)
        elif sign.kind == "members" and sign.members is not None:
            self.people = list(sign.members)
        elif sign.kind == "presence" and self.people is not None:
            here = [name for name in self.people if name not in sign.left]
            self.people = here + [name for name in sign.joined if name not in here]


class Entered(NamedTuple):
    """Where a connection began.

    refused    rooms that were asked for, and that the server would not let us into
    behind     private rooms in which something was said meanwhile, and that have to be joined to hear it
    uninvited  rooms into which the server let us without having been asked
    """

    refused: list[str]
    behind: list[str]
    uninvited: list[str]


class Mirror:
    """All rooms that this client follows, by the fold of their names."""

    def __init__(self) -> None:
        self.rooms: dict[str, RoomMirror] = {}

    def find(self, name: str) -> RoomMirror | None:
        return self.rooms.get(fold(name))

    def cursors(self) -> dict[str, int]:
        """What to tell a server that one comes back to: open rooms first, no more than one session may follow."""
        rooms = sorted(self.rooms.values(), key=lambda room: room.direct)
        return {room.name: room.cursor for room in rooms[:SESSION_ROOMS]}

    def enter(self, ack: ConnectAck, wanted: Mapping[str, int | None], *, back: bool) -> Entered:
        """Fold the answer to `connect`.

        wanted  the rooms asked for and since when, as in `connect`
        back    the client had been here: a private room that it does not know began while it was away
        """
        let_in = {fold(name) for name in ack.rooms}
        since = {fold(name): number for name, number in wanted.items()}
        refused = [name for name in wanted if fold(name) not in let_in]
        for name in refused:
            self.leave(name)
        behind, uninvited = [], []
        for name, bounds in ack.rooms.items():
            key = fold(name)
            if key not in since and not name.startswith(DIRECT):
                uninvited.append(name)
                continue
            room = self.rooms.get(key)
            if room is None:
                room = self.rooms[key] = _new_room(name, since.get(key, 0 if back else None), bounds)
            room.first, room.read, room.topic = bounds.first, max(room.read, bounds.read), bounds.topic
            room.people = None
            if key not in since and bounds.seq > room.cursor:
                behind.append(name)
        return Entered(refused, behind, uninvited)

    def join(self, ack: Ack, since: int | None) -> RoomMirror:
        """Fold the answer to `join`."""
        room = self.rooms.get(fold(ack.room))
        if room is None:
            room = _new_room(ack.room, since, Bounds(ack.first, ack.seq, ack.read))
            self.rooms[fold(ack.room)] = room
        room.topic = ack.topic
        return room

    def leave(self, name: str) -> None:
        self.rooms.pop(fold(name), None)

    def take(self, document: Message | Notification | Gap) -> Event | None:
        """Fold what the server says of a room: the document, or None where it is nothing new.

        Raises Hole where entries are missing.
        """
        passing = isinstance(document, Notification) and (document.kind in _PASSING or not document.seq)
        room = self.rooms.get(fold(document.room))
        if passing:
            if room is not None:
                room.note(document)  # type: ignore[arg-type]
            return document
        if room is None:
            if not document.room.startswith(DIRECT):
                return None  # the last words of a room that was left
            room = self.rooms[fold(document.room)] = RoomMirror(document.room, 0)
        new = room.skip(document) if isinstance(document, Gap) else room.take(document)
        return document if new else None


def _new_room(name: str, since: int | None, bounds: Bounds) -> RoomMirror:
    """A room that is entered: its cursor is where the server's follower began."""
    if bounds.since is not None:
        cursor = bounds.since
    elif since is None:
        cursor = bounds.seq
    elif since < 0:
        cursor = max(bounds.first - 1, bounds.seq + since)
    else:
        cursor = min(since, bounds.seq)
    room = RoomMirror(name, cursor, bounds.first, bounds.read)
    room.entered = bounds.seq
    return room
