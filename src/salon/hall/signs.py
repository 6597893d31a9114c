"""Passing signs, which are in no log: who is writing, and how far somebody has read."""

from __future__ import annotations

from asyncio import Future
from typing import TYPE_CHECKING

from salon.hall.following import Follower
from salon.hall.session import Session

if TYPE_CHECKING:
    from salon.hall.hall import Hall


def tell_typing(session: Session, follower: Follower) -> None:
    """Tell the others in the room that this person is writing; latest wins, so whoever is busy misses it."""
    room, name = follower.room, session.person.name
    for other in room.followers:
        if other.person.number != session.person.number and not other.parked:
            other.reply(other.dialect.notice("typing", f"{name} is typing.", room.view.name, name))


def mark_read(hall: Hall, session: Session, follower: Follower, seq: int) -> Future[None] | None:
    """Keep how far the person has read, and tell their other sessions."""
    room, person = follower.room, session.person
    seq = max(0, min(seq, room.head))
    for other in hall.register.sessions_of(person):
        if other is not session and not other.parked:
            other.reply(other.dialect.notice("read", f"Read up to {seq}.", room.view.name, person.name, seq))
    return hall.store.mark_read(person.number, room.key, seq) if person.lasting else None
