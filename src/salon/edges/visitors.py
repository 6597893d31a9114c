"""Who is behind an HTTP request: by their chat connection's ticket, by name and secret, or nobody in particular."""

from collections.abc import Mapping

from aiohttp import web

from salon.core.names import mend_person_name
from salon.core.people import NOBODY, Person, is_secret
from salon.errors import BAD_TICKET, SalonError, refuse
from salon.hall.hall import Hall


def by_ticket(hall: Hall, request: web.Request) -> Person | None:
    """The person whose ticket the request shows; None where it shows none. Raises SalonError for one that is void."""
    scheme, _, ticket = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    session = hall.entrance.by_ticket(ticket.strip()) if scheme.lower() == "bearer" else None
    if session is None:
        raise SalonError(refuse(BAD_TICKET))
    return session.person


def reader(hall: Hall, request: web.Request) -> Person:
    """Who wants to read. Without a ticket only open rooms can be read."""
    return by_ticket(hall, request) or NOBODY


async def writer(hall: Hall, request: web.Request, metadata: Mapping[str, str]) -> Person:
    """Who sends a file: a ticket's person, else `name` of the metadata, known again by `client` where it is a secret.

    Takes nobody's name: where somebody else is here under it, the sender is shown with a number behind it.
    """
    person = by_ticket(hall, request)
    if person is not None:
        return person
    secret = metadata.get("client", "")
    return await hall.entrance.visitor(mend_person_name(metadata.get("name", "")), secret if is_secret(secret) else "")
