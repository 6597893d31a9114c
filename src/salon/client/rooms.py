"""A room in the hands of a program."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Sequence
from typing import TYPE_CHECKING

from salon.client.events import Entry, Event
from salon.client.feed import Listener
from salon.client.mirror import RoomMirror
from salon.core.commands import ChangeTopic, Delete, Edit, Say, Unshelve
from salon.core.limits import TEXT_CHARS
from salon.core.names import fold
from salon.errors import EMPTY, TOO_LONG, SalonError, refuse
from salon.wire.answers import Ack, HistoryPayload, Listing, Message, Notification
from salon.wire.documents import History, Leave, List, Read, Typing

if TYPE_CHECKING:
    from salon.client.desk import Desk


def saying(text: str, *, to: str = "", room: str = "") -> Say:
    """The command that says this. Raises SalonError where the server would refuse any such text."""
    if not text:
        raise SalonError(refuse(EMPTY))
    if len(text) > TEXT_CHARS:
        raise SalonError(refuse(TOO_LONG, length=len(text), limit=TEXT_CHARS))
    return Say(text, "" if to else room, to)


class Room:
    """A room that this client follows. `async for message in room` gives what is said there.

    Everything that asks the server raises SalonError where it refuses.
    """

    def __init__(self, desk: Desk, mirror: RoomMirror) -> None:
        self._desk = desk
        self.mirror = mirror

    @property
    def name(self) -> str:
        return self.mirror.name

    @property
    def topic(self) -> str:
        return self.mirror.topic

    @property
    def unread(self) -> int:
        """How many entries came since this person last read."""
        return self.mirror.unread

    @property
    def entries(self) -> Sequence[Entry]:
        """What is kept of the room, the oldest first, as it stands now."""
        return list(self.mirror.entries.values())

    @property
    def other(self) -> str:
        """The other person of a private room; nobody in an open one. Folded, as the room's name has it."""
        if not self.mirror.direct:
            return ""
        one, _, two = self.name[1:].partition(":")
        return two if one == fold(self._desk.name) else one

    @property
    def followed(self) -> bool:
        """Whether this client is still in it."""
        return self._desk.rooms.get(fold(self.name)) is self

    def __aiter__(self) -> Listener[Message]:
        listener = self._desk.feed.listen(self._message)
        listener.over = lambda: not self.followed
        return listener

    def _message(self, event: Event) -> Message | None:
        return event if isinstance(event, Message) and fold(event.room) == fold(self.name) else None

    # talking

    async def say(self, text: str) -> int:
        """Say it; its number, once it is on the server's disk."""
        ack: Ack = await self._desk.wait_for(await self.post(text))
        return ack.seq

    async def post(self, text: str) -> Future[Ack]:
        """Queue it; waits only while the queue is full. The future is done when the server has it on disk."""
        return await self._desk.queue(saying(text, to=self.other, room=self.name))

    async def edit(self, seq: int, text: str) -> int:
        """Change one's own message; the number of the change."""
        return await self._change(Edit(seq, text, self.name))

    async def delete(self, seq: int) -> int:
        """Delete one's own message; the number of the deletion."""
        return await self._change(Delete(seq, self.name))

    async def set_topic(self, topic: str) -> int:
        """Give the room a topic; an empty one takes it away."""
        return await self._change(ChangeTopic(topic, self.name))

    async def unshelve(self, name: str) -> int:
        """Take one's own file off the shelf; the number of the entry that says so."""
        return await self._change(Unshelve(name, self.name))

    async def _change(self, command: Edit | Delete | ChangeTopic | Unshelve) -> int:
        ack: Ack = await self._desk.ask(command)
        return ack.seq

    def typing(self) -> None:
        """Tell the others that one writes. Not queued, not answered."""
        self._desk.pass_on(Typing(self.name))

    def mark_read(self, seq: int | None = None) -> None:
        """This person has read up to this entry, or all that is here. Not answered; told again after a cut."""
        self.mirror.read = max(self.mirror.read, self.mirror.cursor if seq is None else seq)
        self._desk.pass_on(Read(self.mirror.read, self.name))

    # asking

    async def who(self) -> list[str]:
        """Who is here. From then on `mirror.people` follows who comes and goes."""
        listing: Listing = await self._desk.ask(List("members", self.name))
        return list(listing.members or ())

    async def history(self, before: int | None = None, limit: int = 50) -> list[Message | Notification]:
        """Up to `limit` (at most 200) entries before this number, or before the end; in their order."""
        page: HistoryPayload = await self._desk.ask(History(self.name, before or 0, limit))
        return [document.payload for document in page.entries]

    async def leave(self) -> None:
        """Follow it no longer."""
        await self._desk.ask(Leave(self.name))
