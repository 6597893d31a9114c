"""A conversation on a console: what each order does. The same for a terminal and for pipes."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, get_args

from salon.client import Client, Message, Room, SalonError
from salon.core.names import LOBBY, fold
from salon.core.text import printable
from salon.errors import NO_OWN_MESSAGE, Refusal, refuse
from salon.faces.console.file_orders import FileOrder
from salon.faces.console.files import FileDesk
from salon.faces.console.orders import (
    HELP,
    Change,
    Enter,
    Help,
    Leave,
    Nothing,
    Order,
    Quit,
    Recall,
    Remove,
    Rooms,
    Speak,
    Topic,
    Who,
    order_of,
)
from salon.faces.console.telling import Line, Teller


class Screen(Protocol):
    """Where lines go."""

    def show(self, line: Line) -> None:
        """Show it under all that was shown before."""

    def entered(self, room: Room) -> None:
        """The person looks at this room now."""


class Chat:
    """One person at a console. `room` is the one they look at; `over` once they said goodbye."""

    def __init__(self, client: Client, screen: Screen, *, lately: int = 0) -> None:
        self.client = client
        self.teller = Teller(client.name)
        self.over = False
        self.room: Room
        self.events = client.events()  # from here on none is missed
        self.files = FileDesk(client, self.answer)
        self._screen = screen
        self._lately = lately  # entries to show of a room that is entered
        self._oldest: dict[str, int] = {}  # by room, the oldest entry that /history has shown
        self._look_at(client.room)

    async def obey(self, line: str) -> None:
        """Do what the line asks. What the server refuses is shown, not raised."""
        order = order_of(line)
        try:
            await _OBEY[type(order)](self, order)
        except SalonError as error:
            self.answer(error.refusal.message)

    def answer(self, sentence: str) -> None:
        """Show this to the person alone."""
        self._screen.show(Line(f"* {printable(sentence)}"))

    def _look_at(self, room: Room) -> None:
        self.room = room
        self.teller.room = fold(room.name)
        self._screen.entered(room)

    # orders

    async def _speak(self, order: Speak) -> None:
        if order.to:
            await self.client.post(order.text, to=order.to)
        else:
            await self.room.post(order.text)

    async def _who(self, _order: Who) -> None:
        names = await self.room.who()
        self.answer(f"{len(names)} in {self.room.name}: {', '.join(names)}")

    async def _rooms(self, _order: Rooms) -> None:
        for line in await self.client.list_rooms():
            here = f", {line.here} here" if line.here else ""
            topic = f": {line.topic}" if line.topic else ""
            self.answer(f"{line.name} ({line.seq} entries{here}){topic}")

    async def _enter(self, order: Enter) -> None:
        room = await self.client.join(order.room, -self._lately if self._lately else None)
        self._look_at(room)
        topic = f" {room.topic}" if room.topic else ""
        self.answer(f"You are in {room.name}.{topic}")

    async def _leave(self, _order: Leave) -> None:
        left = self.room
        await self.client.flush()  # what was said here last is seen, however long the server takes to keep it
        await left.leave()
        others = [room for room in self.client.rooms.values() if not room.other]
        self._look_at(others[-1] if others else await self.client.join(LOBBY))
        self.answer(f"You left {left.name} and are in {self.room.name}.")

    async def _change(self, order: Change) -> None:
        await self.room.edit(order.seq or self._last_said(), order.text)

    async def _remove(self, order: Remove) -> None:
        await self.room.delete(order.seq or self._last_said())

    def _last_said(self) -> int:
        for entry in reversed(self.room.entries):
            if isinstance(entry, Message) and entry.sender == self.client.name and not entry.redacted:
                return entry.seq
        raise SalonError(refuse(NO_OWN_MESSAGE))

    async def _recall(self, order: Recall) -> None:
        key = fold(self.room.name)
        mirror = self.room.mirror
        first_seen = next(iter(mirror.entries), mirror.cursor + 1)
        page = await self.room.history(self._oldest.get(key, first_seen), order.count)
        if not page:
            self.answer("There is nothing older.")
            return
        self._oldest[key] = page[0].seq
        for entry in page:
            line = self.teller.tell(entry)
            if line is not None:
                self._screen.show(Line(f"#{entry.seq} {line.text}", time=line.time))

    async def _topic(self, order: Topic) -> None:
        if order.text is None:
            self.answer(self.room.topic or f"{self.room.name} has no topic.")
        else:
            await self.room.set_topic(order.text)

    async def _pass_files(self, order: FileOrder) -> None:
        await self.files.obey(order, self.room)

    async def _help(self, _order: Help) -> None:
        for sentence in HELP:
            self.answer(sentence)

    async def _quit(self, _order: Quit) -> None:
        self.over = True

    async def _nothing(self, _order: Nothing) -> None:
        pass

    async def _refuse(self, refusal: Refusal) -> None:
        self.answer(refusal.message)


_OBEY: dict[type[Order], Callable[[Chat, Any], Awaitable[None]]] = {
    Speak: Chat._speak,
    Who: Chat._who,
    Rooms: Chat._rooms,
    Enter: Chat._enter,
    Leave: Chat._leave,
    Change: Chat._change,
    Remove: Chat._remove,
    Recall: Chat._recall,
    Topic: Chat._topic,
    Help: Chat._help,
    Quit: Chat._quit,
    Nothing: Chat._nothing,
    Refusal: Chat._refuse,
    **dict.fromkeys(get_args(FileOrder), Chat._pass_files),
}
