"""What the operator does: send a person out, take a file off a shelf, say something to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salon.core.commands import Unshelve
from salon.core.limits import ANNOUNCEMENT_CHARS, GOODBYE_SECONDS
from salon.core.names import fold
from salon.core.people import NOBODY, OPERATOR
from salon.errors import EMPTY, NOT_HERE, SENT_OUT, TOO_LONG, Refusal, refuse
from salon.hall.waiting import submit
from salon.wire.sentences import announced

if TYPE_CHECKING:
    from salon.hall.hall import Hall
    from salon.hall.session import Session


class Operating:
    """The operator's hands in a hall."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def send_out(self, name: str) -> Refusal | None:
        """End all sessions of the person with this name; why that cannot be.

        Each is told why, which its client takes as the end. Who does not read is not waited for.
        """
        holder = self._hall.register.holder(name)
        sessions = list(holder.sessions) if holder is not None else []
        sessions += [one for one in self._hall.sessions if one not in sessions and fold(one.person.name) == fold(name)]
        if not sessions:
            return refuse(NOT_HERE, name=name)
        for session in sessions:
            self._end(session)
        self._hall.happenings.tell("sent_out", who=name)
        return None

    def _end(self, session: Session) -> None:
        session.sent_out = True
        session.reply(session.dialect.refused(refuse(SENT_OUT)))
        session.closed_for_input()
        session.outlet.close()
        self._hall.loop.call_later(GOODBYE_SECONDS, session.outlet.abort)

    async def unshelve(self, room_name: str, file_name: str) -> Refusal | None:
        """Take a file off an open room's shelf, whoever sent it; why that cannot be. Raises SalonError."""
        room = await self._hall.find(NOBODY, room_name)
        if isinstance(room, Refusal):
            return room
        outcome = await submit(self._hall, OPERATOR, room.key, room.view.name, Unshelve(file_name))
        return outcome if isinstance(outcome, Refusal) else None

    def announce(self, text: str) -> Refusal | None:
        """Say something to everybody who is here, in whatever room; why that cannot be. It is in no room's log."""
        if not text.strip():
            return refuse(EMPTY)
        if len(text) > ANNOUNCEMENT_CHARS:
            return refuse(TOO_LONG, length=len(text), limit=ANNOUNCEMENT_CHARS)
        sentence = announced(text)
        for session in self._hall.sessions:
            session.reply(session.dialect.notice("operator", sentence))
        self._hall.happenings.tell("operator", text=text)
        return None
