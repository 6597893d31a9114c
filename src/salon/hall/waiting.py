"""Submitting one command and waiting for what becomes of it, for whoever has no session."""

from asyncio import AbstractEventLoop, Future
from typing import TYPE_CHECKING

from salon.core.batch import Kept
from salon.core.commands import Command
from salon.core.people import Person
from salon.core.room import RoomState
from salon.errors import Refusal

if TYPE_CHECKING:
    from salon.hall.hall import Hall


class _Waiter:
    """The origin of a command, as `submitting.Origin`."""

    def __init__(self, loop: AbstractEventLoop, person: Person) -> None:
        self.person = person
        self.outcome: Future[Kept | Refusal] = loop.create_future()

    def settle(self, _room: str, outcomes: list[tuple[Command, Kept | Refusal]]) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcomes[0][1])


async def submit(
    hall: "Hall", person: Person, key: str, shown: str, command: Command, between: tuple[Person, ...] = ()
) -> Kept | Refusal:
    """Have a command decided in the room with this key, and wait until it is durable.

    The room need not be in memory, nor be there: then it is made, called `shown`, and private where it is
    `between` two people. Raises SalonError where the store cannot be read.
    """
    room = await hall.open(key, RoomState(shown, between=between))
    waiter = _Waiter(hall.loop, person)
    hall.submitting.submit(room, waiter, command)
    return await waiter.outcome
