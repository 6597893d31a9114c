"""A hall with guests whose connections are plain objects: what was written to them lies in a list, and they may stop
reading whenever a test wants.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from salon.core.commands import Command, Say
from salon.errors import Refusal
from salon.hall.following import Follower
from salon.hall.hall import Hall
from salon.hall.ports import Store
from salon.hall.session import Session
from salon.wire import answers
from salon.wire.dialect import DOCUMENTS, Dialect

T = TypeVar("T")

TURNS = 30  # of the loop: more than anything here needs to come to rest, when no real I/O is involved


async def rest(turns: int = TURNS) -> None:
    """Let the loop turn until everything that can happen by itself has happened."""
    for _ in range(turns):
        await asyncio.sleep(0)


def secret_of(name: str) -> str:
    return name.encode().hex().zfill(32)[-32:]


def entered(found: T | Refusal) -> T:
    assert not isinstance(found, Refusal), found.message
    return found


class Guest:
    """A session with its outlet. `room` bytes are taken before the transport says that it is full."""

    def __init__(self, room: int = 256 * 1024, dialect: Dialect = DOCUMENTS) -> None:
        self.session = Session(self, dialect)
        self.room = room
        self.reads = True
        self._held = False
        self.closed = False
        self.gone: Callable[[], None] = lambda: None  # what the hall hears once the connection is closed
        self.writes = 0
        self.most = 0  # bytes that lay unread at the worst time
        self.unread: list[bytes] = []
        self.read: list[bytes] = []
        self._full = False

    # what a session asks of its outlet

    def write(self, data: bytes) -> None:
        assert data
        assert not self.closed
        self.writes += 1
        if self.reads:
            self.read.append(data)
            return
        self.unread.append(data)
        size = sum(map(len, self.unread))
        self.most = max(self.most, size)
        if size > self.room and not self._full:
            self._full = True
            self.session.park()

    @property
    def address(self) -> str:
        return "127.0.0.1:4711"

    @property
    def buffered(self) -> int:
        return sum(map(len, self.unread))

    def hold(self) -> None:
        assert not self._held
        self._held = True

    def release(self) -> None:
        assert self._held
        self._held = False

    def close(self) -> None:
        """What was said in this turn of the loop still goes out, as on a real connection."""
        asyncio.get_running_loop().call_soon(self._close)

    def abort(self) -> None:
        if not self.closed:
            self._close()

    def _close(self) -> None:
        self.closed = True
        self.gone()

    # what a test does

    def is_held(self) -> bool:
        """Whether nothing is read from this guest."""
        return self._held

    def stop_reading(self) -> None:
        self.reads = False

    def go_on_reading(self) -> None:
        self.reads = True
        self.read += self.unread
        self.unread = []
        if self._full:
            self._full = False
            self.session.unpark()

    @property
    def documents(self) -> list[answers.AnyDocument]:
        """Everything that this guest has read."""
        return [answers.decode_answer(line) for line in b"".join(self.read).splitlines()]

    def heard(self, room: str = "lobby") -> list[int]:
        """The numbers of the entries of a room, in the order in which they came."""
        payloads = (document.payload for document in self.documents)
        return [
            payload.seq
            for payload in payloads
            if isinstance(payload, answers.Message | answers.Notification)
            and payload.room == room
            and payload.seq
            and getattr(payload, "kind", "") != "read"  # whose number is another's
        ]

    def texts(self, room: str = "lobby") -> list[str]:
        return [one.payload.text for one in self.of(answers.MessageDocument) if one.payload.room == room]

    def of(self, kind: type[T]) -> list[T]:
        return [document for document in self.documents if isinstance(document, kind)]

    def notes(self, kind: str) -> list[answers.Notification]:
        return [one.payload for one in self.of(answers.NotificationDocument) if one.payload.kind == kind]

    def presence(self) -> list[tuple[list[str], list[str]]]:
        return [(note.joined, note.left) for note in self.notes("presence")]

    def acks(self) -> dict[str, int]:
        return {one.payload.id: one.payload.seq for one in self.of(answers.AckDocument)}

    def errors(self) -> list[tuple[str, str]]:
        return [(one.payload.id, one.payload.code) for one in self.of(answers.ErrorDocument)]

    def forget(self) -> None:
        """What was read so far is of no interest."""
        self.read = []


class Party:
    """A hall, and everybody in it."""

    def __init__(self, store: Store, clock: Callable[[], int] | None = None, retain_ms: int | None = None) -> None:
        self.now = 1_000_000
        self.store = store
        self.hall = Hall(store, clock or (lambda: self.now), retain_ms)

    async def guest(
        self, name: str, *rooms: str, since: int | None = None, secret: bool = True, room: int = 256 * 1024
    ) -> Guest:
        """Somebody who has come in and follows these rooms, the lobby if there are none."""
        guest = Guest(room)
        guest.gone = lambda: self.hall.end(guest.session, broken=False)
        refusal = await self.hall.enter(guest.session, name, secret_of(name) if secret else "")
        assert refusal is None, refusal.message
        for raw_name in rooms or ("lobby",):
            await self.join(guest, raw_name, since)
        await rest()
        return guest

    async def join(self, guest: Guest, room: str, since: int | None = None) -> Follower:
        return entered(await self.hall.join(guest.session, room, since))

    def submit(self, guest: Guest, *commands: Command, room: str = "lobby") -> None:
        for command in commands:
            guest.session.took(1, 100)
            self.hall.submit(guest.session, guest.session.followers[room], command)

    async def say(self, guest: Guest, *texts: str, room: str = "lobby") -> None:
        self.submit(guest, *(Say(text, id=text) for text in texts), room=room)
        await rest()

    async def cut(self, guest: Guest) -> None:
        """The line broke."""
        self.hall.end(guest.session, broken=True)
        await rest()

    async def goodbye(self, guest: Guest) -> None:
        self.hall.end(guest.session, broken=False)
        await rest()
