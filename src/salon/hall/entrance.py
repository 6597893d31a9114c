"""Who comes in and under which name: sessions, their names, and the tickets that stand for them elsewhere."""

import asyncio
import secrets
from collections.abc import Callable

from salon.core.limits import GRACE_SECONDS
from salon.core.people import Person
from salon.errors import CLOSING, Refusal, SalonError, refuse
from salon.hall.happenings import Happenings
from salon.hall.ports import People
from salon.hall.register import Holder, Register, passing_person, passing_proof, proof_of
from salon.hall.session import Session


class Entrance:
    """The sessions that have a name."""

    def __init__(self, people: People, clock: Callable[[], int], happenings: Happenings) -> None:
        self.register = Register()
        self.sessions: set[Session] = set()
        self._people = people
        self._clock = clock
        self._happenings = happenings
        self._loop = asyncio.get_running_loop()
        self._holders: dict[Session, Holder] = {}
        self._tickets: dict[str, Session] = {}
        self._ticket_by_session: dict[Session, str] = {}

    async def come_in(self, session: Session, name: str, secret: str, *, rename: bool = False) -> Refusal | None:
        """The session is this person's from now on. The name has passed its grammar.

        rename  number the name where somebody else holds it, rather than refuse it
        """
        proof = proof_of(name, secret) if secret else passing_proof()
        shown = self.register.free_name(name, proof) if rename else name
        holder = self.register.claim(shown, proof)
        if isinstance(holder, Refusal):
            return holder
        try:
            if holder.person is None:
                person = await self._people.enter(name, proof, self._clock()) if secret else passing_person(shown)
                holder.person = person if shown == name else Person(shown, person.number)
        except SalonError as error:
            self.register.release(holder)
            return error.refusal
        if session.closed:  # the line broke meanwhile
            self.register.release(holder)
            return refuse(CLOSING)
        session.person = holder.person
        session.came = self._clock()
        holder.sessions.append(session)
        self.sessions.add(session)
        self._holders[session] = holder
        if not holder.here:
            holder.here = True
            self._happenings.tell("connected", who=shown)
        return None

    def go_out(self, session: Session, *, broken: bool) -> None:
        """The session is over. After a broken line its name stays held for a while, for whoever comes back."""
        self.sessions.discard(session)
        self._tickets.pop(self._ticket_by_session.pop(session, ""), None)
        holder = self._holders.pop(session, None)
        if holder is None:
            return
        holder.sessions.remove(session)
        if broken:
            self._loop.call_later(GRACE_SECONDS, self._release, holder)
        else:
            self._release(holder)

    def _release(self, holder: Holder) -> None:
        """One claim fewer. Who has no session left has gone, once no broken line of theirs is waited for."""
        self.register.release(holder)
        if holder.here and not holder.claims:
            holder.here = False
            # In the next turn: rooms tell then who is not in them any more.
            self._loop.call_soon(lambda: self._happenings.tell("left", who=holder.name))

    async def visit(self, session: Session, name: str, secret: str) -> Refusal | None:
        """The session is somebody's who only passes by."""
        session.person = await self.visitor(name, secret)
        if session.closed:  # the line broke meanwhile
            return refuse(CLOSING)
        session.came = self._clock()
        self.sessions.add(session)
        return None

    async def visitor(self, name: str, secret: str) -> Person:
        """Somebody who does something without coming in: known by their secret, and nobody's name is taken."""
        proof = proof_of(name, secret) if secret else passing_proof()
        shown = self.register.free_name(name, proof)
        if not secret:
            return passing_person(shown)
        person = await self._people.enter(name, proof, self._clock(), visiting=True)
        return Person(shown, person.number)

    def by_ticket(self, ticket: str) -> Session | None:
        """The session that was given this ticket, while it lasts."""
        return self._tickets.get(ticket)

    def ticket_of(self, session: Session) -> str:
        """A ticket that stands for the session elsewhere: made when it is first asked for."""
        ticket = self._ticket_by_session.get(session)
        if ticket is None:
            ticket = self._ticket_by_session[session] = secrets.token_hex(16)
            self._tickets[ticket] = session
        return ticket
