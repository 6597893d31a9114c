"""A room's state: what the rules must know of its past, folded from its log."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from salon.core import shelf
from salon.core.events import Entry, Shelved, TopicChanged, Unshelved
from salon.core.people import Person
from salon.core.shelf import Shelf, Shelfmark


class RoomState(Struct, frozen=True, omit_defaults=True):
    """Everything about a room that is not an entry.

    `name` is how it is shown: as whoever made it spelled it. `between` holds the two people of a direct room and is
    empty for a room that is open to all.
    """

    name: str = ""
    topic: str = ""
    between: tuple[Person, ...] = ()
    shelf: Shelf = ()

    @property
    def direct(self) -> bool:
        return bool(self.between)

    def admits(self, person: Person) -> bool:
        """Whether this person may read and write here."""
        return not self.between or any(person.number == one.number for one in self.between)


def apply(state: RoomState, entry: Entry) -> RoomState:
    """The state after one more entry. The same object where nothing but the log grew."""
    event = entry.event
    if isinstance(event, TopicChanged):
        return msgspec.structs.replace(state, topic=event.topic)
    if isinstance(event, Shelved):
        mark = Shelfmark(event.name, event.size, event.sha256, entry.author, entry.person, entry.time, entry.seq)
        return msgspec.structs.replace(state, shelf=shelf.add(state.shelf, mark))
    if isinstance(event, Unshelved):
        return msgspec.structs.replace(state, shelf=shelf.remove(state.shelf, event.name))
    return state


def replay(entries: Iterable[Entry], state: RoomState | None = None) -> RoomState:
    """The state that a history leads to."""
    state = state or RoomState()
    for entry in entries:
        state = apply(state, entry)
    return state
