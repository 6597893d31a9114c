"""How a full client comes in: its name, its rooms and since when, and what it is told before anything else."""

import msgspec
from msgspec import Struct

from salon.core.limits import DOCUMENT_BYTES, ID_CHARS, NAME_CHARS, SESSION_ROOMS, TEXT_CHARS
from salon.core.names import LOBBY, fold, mend_person_name, person_name
from salon.core.people import is_secret
from salon.errors import BAD_DOCUMENT, TOO_MANY_ROOMS, Refusal, refuse
from salon.hall.following import Follower
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.wire import answers
from salon.wire.documents import Connect

VERSION = 1  # of the vocabulary
LIMITS = {
    "text_chars": TEXT_CHARS,
    "name_chars": NAME_CHARS,
    "document_bytes": DOCUMENT_BYTES,
    "id_chars": ID_CHARS,
    "rooms": SESSION_ROOMS,
}


class Welcome(Struct, frozen=True):
    """Where a client starts: the room that it speaks in, its rooms' bounds, and why some could not be joined."""

    main: str
    rooms: dict[str, answers.Bounds]
    refusals: list[Refusal]


NOWHERE = Welcome("", {}, [])  # where a visitor starts


def name_of(connect: Connect) -> str | Refusal:
    """The name under which somebody enters, or why nobody can so."""
    if connect.client and not is_secret(connect.client):
        return refuse(BAD_DOCUMENT, why="`client` is 32 hex digits")
    if len(connect.rooms) > SESSION_ROOMS:
        return refuse(TOO_MANY_ROOMS, limit=SESSION_ROOMS)
    return mend_person_name(connect.name) if connect.rename else person_name(connect.name)


async def start_followers(hall: Hall, session: Session, connect: Connect) -> Welcome:
    """Follow everything that the client wants to hear. It must not hear any of it before it has its welcome."""
    main = LOBBY
    rooms: dict[str, answers.Bounds] = {}
    refusals = []
    positions = await hall.asking.positions(session)
    for room, wanted in _wanted(connect).items():
        recently = wanted is None and connect.recent > 0
        since = await hall.asking.recently(session, room, connect.recent) if recently else wanted
        follower = await hall.join(session, room, since)
        if isinstance(follower, Refusal):
            refusals.append(follower)
            continue
        name = follower.room.view.name
        main = main if rooms else name
        bounds = bounds_of(follower, positions.get(follower.room.key, 0))
        rooms[name] = msgspec.structs.replace(bounds, since=follower.cursor) if recently else bounds
    for stored in await hall.asking.direct_rooms(session):
        ringing = session.followers.get(stored.key)
        read = positions.get(stored.key, 0)
        bounds = bounds_of(ringing, read) if ringing else answers.Bounds(stored.first, stored.head, read)
        rooms.setdefault(stored.state.name, bounds)
    return Welcome(main, rooms, refusals)


def acknowledgement(hall: Hall, session: Session, welcome: Welcome, command_id: str) -> answers.ConnectAckDocument:
    """The first thing that a client is told."""
    ack = answers.ConnectAck(
        session.person.name,
        welcome.rooms,
        VERSION,
        "Connected to the room.",
        hall.asking.features,
        {**LIMITS, **hall.asking.limits},
        hall.entrance.ticket_of(session),
        command_id,
        hall.asking.udp,
    )
    return answers.ConnectAckDocument(ack)


def bounds_of(follower: Follower, read: int) -> answers.Bounds:
    """What a room's log held as its follower started, and how far the person has read."""
    room = follower.room
    return answers.Bounds(room.first, follower.aim, read, room.state.topic)


def _wanted(connect: Connect) -> dict[str, int | None]:
    """The rooms that a client wants to hear, and since when; the one it speaks in first, however it spells the two."""
    if connect.rooms and not connect.room:
        return {**connect.rooms}
    main = connect.room or LOBBY
    others = {room: since for room, since in connect.rooms.items() if fold(room.strip()) != fold(main.strip())}
    same = [since for room, since in connect.rooms.items() if room not in others]
    return {main: same[0] if same else None, **others}
