"""What full clients ask and nothing changes by: history and lists, each answered with one document."""

from collections.abc import Awaitable, Callable

from salon.errors import BAD_DOCUMENT, Refusal, refuse
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.wire import answers
from salon.wire.dialect import document_of
from salon.wire.documents import History, List


async def history(hall: Hall, session: Session, wish: History, room_name: str) -> answers.Document | Refusal:
    """A page of a room's past, as it stands now."""
    page = await hall.asking.history(session, room_name, wish.before, wish.limit)
    if isinstance(page, Refusal):
        return page
    room = page.room
    entries = [document_of(room.view, entry) for entry in page.entries]
    return answers.HistoryDocument(answers.HistoryPayload(room.view.name, entries, room.first, room.head, wish.id))


async def listing(hall: Hall, session: Session, wish: List, room_name: str) -> answers.Document | Refusal:
    """What there is of `wish.what`."""
    ask = _LISTS.get(wish.what)
    if ask is None:
        return refuse(BAD_DOCUMENT, why="`what` is `members`, `rooms` or `files`")
    found = await ask(hall, session, wish, room_name)
    return found if isinstance(found, Refusal) else answers.ListDocument(found)


async def _members(hall: Hall, session: Session, wish: List, room_name: str) -> answers.Listing | Refusal:
    room = await hall.find(session.person, room_name)
    if isinstance(room, Refusal):
        return room
    here = [one.name for one in room.state.between] or room.names
    return answers.Listing("members", room.view.name, members=here, id=wish.id)


async def _rooms(hall: Hall, session: Session, wish: List, _room_name: str) -> answers.Listing | Refusal:
    return answers.Listing("rooms", rooms=await hall.asking.list_rooms(session), id=wish.id)


async def _files(hall: Hall, session: Session, wish: List, room_name: str) -> answers.Listing | Refusal:
    files = await hall.asking.files(session.person, room_name)
    return files if isinstance(files, Refusal) else answers.Listing("files", room_name, files=files, id=wish.id)


_LISTS: dict[str, Callable[[Hall, Session, List, str], Awaitable[answers.Listing | Refusal]]] = {
    "members": _members,
    "rooms": _rooms,
    "files": _files,
}
