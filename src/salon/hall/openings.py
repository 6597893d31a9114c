"""Who may fetch over UDP: a ticket for each opening, and how many there may be at once.

A QUIC connection says nothing of who is behind it. So whoever asks over HTTP, where that is known, is given a ticket;
it is good for one connection, and lets it fetch what that person may read.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from salon.core.limits import OPENING_SECONDS, OPENINGS
from salon.core.people import Person
from salon.errors import BAD_TICKET, TOO_MANY_OVER_UDP, UDP_FULL, Refusal, refuse
from salon.wire.opening import UdpPlace


class Opening(Struct, eq=False):
    """Somebody's right to fetch. `where`: the address it was asked from, which stands for whoever said no name."""

    person: Person
    where: str
    until: int

    @property
    def who(self) -> str | int:
        """Whose share of the limits it takes."""
        return self.person.number if self.person.lasting else self.where


class Openings:
    """The tickets that were not shown yet, and what those that were opened.

    most             at once; 0 for none
    most_per_person  of these, for one person
    place            where to show them, once that is known
    """

    def __init__(self, clock: Callable[[], int], most: int, most_per_person: int) -> None:
        self.most = most
        self.most_per_person = most_per_person
        self.place: UdpPlace | None = None
        self._clock = clock
        self._waiting: dict[str, Opening] = {}  # the oldest first
        self._open: Counter[str | int] = Counter()

    def ticket(self, person: Person, where: str) -> str:
        """A ticket for one opening, good for half a minute."""
        now = self._clock()
        for ticket, opening in list(self._waiting.items()):
            if opening.until > now and len(self._waiting) < OPENINGS:
                break
            del self._waiting[ticket]
        ticket = secrets.token_hex(16)
        self._waiting[ticket] = Opening(person, where, now + OPENING_SECONDS * 1000)
        return ticket

    def redeem(self, ticket: str) -> Opening | Refusal:
        """What this ticket opens; it is not valid any more. Whoever gets it gives it back with `end`."""
        opening = self._waiting.pop(ticket, None)
        if opening is None or opening.until <= self._clock():
            return refuse(BAD_TICKET)
        if self._open.total() >= self.most:
            return refuse(UDP_FULL, limit=self.most)
        if self._open[opening.who] >= self.most_per_person:
            return refuse(TOO_MANY_OVER_UDP, limit=self.most_per_person)
        self._open[opening.who] += 1
        return opening

    def end(self, opening: Opening) -> None:
        """This opening is over."""
        self._open[opening.who] -= 1
        self._open += Counter()  # forgets who has none
