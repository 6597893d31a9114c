"""Plain lines on a TCP connection: a person with netcat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salon.core.commands import Say
from salon.core.names import LOBBY, person_name
from salon.edges.connection import Connection
from salon.edges.talk import Talk
from salon.errors import NOT_JOINED, Refusal, refuse
from salon.hall.following import Follower
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.wire.dialect import RoomView
from salon.wire.lines import (
    HELP,
    LINES,
    Go,
    Help,
    LineReader,
    Nothing,
    Quit,
    Recall,
    Who,
    arrival,
    note,
    order_of,
    welcome,
)

_HELP = b"".join(note(line) for line in HELP)


class LinesConnection(Connection):
    """One person with netcat: their bytes into their conversation."""

    __slots__ = ("_reader",)

    def __init__(self, hall: Hall) -> None:
        session = Session(self, LINES)
        super().__init__(hall, session, LinesTalk(hall, session))
        self._reader = LineReader()

    def data_received(self, data: bytes) -> None:
        self._talk.receive(self._reader.feed(data), len(data))

    def eof_received(self) -> bool:
        """What stands behind the last newline is a line too."""
        self._talk.receive(self._reader.end(), 0)
        return super().eof_received()


class LinesTalk(Talk[str | Refusal]):
    """The lines of one connection. One is in one room at a time; private messages come from everywhere."""

    __slots__ = ("_here",)

    def __init__(self, hall: Hall, session: Session) -> None:
        super().__init__(hall, session)
        self._here: Follower | None = None

    def _handle(self, line: str | Refusal, size: float = 0) -> None:
        if self.ending:
            return
        if isinstance(line, Refusal):
            self._refuse(line)
        elif self.connected or line.startswith("/"):
            order = order_of(line)
            kind = type(order)
            (_HANDLERS if self.connected else _STRANGERS).get(kind, LinesTalk._nameless)(self, order)
        elif line:
            self._work(self._enter(line))

    def _nameless(self, _order: object) -> None:
        self.session.reply(note("Your name comes first."))

    # coming and going

    async def _enter(self, raw_name: str) -> None:
        name = person_name(raw_name)
        refusal = name if isinstance(name, Refusal) else await self.hall.enter(self.session, name, "")
        if refusal is not None:
            self._refuse(refusal)  # the next line is the name then
            return
        self.connected = True
        self.session.reply(welcome(self.session.person.name))
        self._tell_who_listens()
        await self._move(LOBBY)

    async def _move(self, room_name: str) -> None:
        session = self.session
        with session.speaking_first():
            follower = await self.hall.join(session, room_name, None)
            if isinstance(follower, Refusal):
                self._refuse(follower)
            elif follower is not self._here:
                if self._here is not None:
                    self.hall.leave(session, self._here)
                self._here = follower
                room = follower.room
                others = [name for name in room.names if name != session.person.name]
                session.reply(arrival(room.view.name, others, room.state.topic))

    def _go(self, order: Go) -> None:
        self._work(self._move(order.room))

    def _quit(self, _order: Quit) -> None:
        self.ending = True
        self.session.closed_for_input()
        self.session.reply(note("Goodbye."))
        self.session.outlet.close()

    def _where(self) -> Follower | None:
        """The room one is in. None where even the lobby could not be opened; that is said."""
        if self._here is None:
            self._refuse(refuse(NOT_JOINED, room=LOBBY))
        return self._here

    # talking and asking

    def _say(self, say: Say) -> None:
        if say.to:
            self._work(self._say_privately(say))
        elif (follower := self._where()) is not None:
            self.session.took(1, len(say.text))
            self.hall.submit(self.session, follower, say)

    async def _say_privately(self, say: Say) -> None:
        self.session.took(1, len(say.text))
        refusal = await self.hall.say_privately(self.session, say)
        if refusal is not None:
            self.session.settle("", [(say, refusal)])

    def _who(self, _order: Who) -> None:
        if (follower := self._where()) is not None:
            self.session.reply(LINES.members(follower.room.view, follower.room.names))

    def _recall(self, order: Recall) -> None:
        if (follower := self._where()) is not None:
            self._work(self._do_recall(follower.room.view, order.count))

    async def _do_recall(self, view: RoomView, count: int) -> None:
        page = await self.hall.asking.history(self.session, view.name, 0, count)
        if isinstance(page, Refusal):
            self._refuse(page)
        else:
            self.session.reply(LINES.entries(view, page.entries) or note("Nothing was said here yet."))

    def _help(self, _order: Help) -> None:
        self.session.reply(_HELP)

    def _nothing(self, _order: Nothing) -> None:
        """An empty line says nothing, and is answered by nothing."""


_HANDLERS: dict[type, Callable[[LinesTalk, Any], None]] = {
    Say: LinesTalk._say,
    Who: LinesTalk._who,
    Go: LinesTalk._go,
    Recall: LinesTalk._recall,
    Help: LinesTalk._help,
    Quit: LinesTalk._quit,
    Nothing: LinesTalk._nothing,
    Refusal: LinesTalk._refuse,
}
_STRANGERS: dict[type, Callable[[LinesTalk, Any], None]] = {
    Help: LinesTalk._help,
    Quit: LinesTalk._quit,
}
