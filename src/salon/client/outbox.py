"""What was asked and not answered yet, in the order in which it was asked."""

from typing import Generic, TypeVar

from msgspec import Struct

from salon.core.limits import UNSETTLED_BYTES, UNSETTLED_COMMANDS

Waiter = TypeVar("Waiter")
Request = TypeVar("Request")


class Asked(Struct, Generic[Request, Waiter], frozen=True, gc=False):
    """One request: the id it bears, its bytes as they are sent each time, and whoever waits for its answer."""

    id: str
    request: Request
    data: bytes
    waiter: Waiter


class Outbox(Generic[Request, Waiter]):
    """Requests without an answer. After a cut they are all sent again, in order, under the ids they had.

    Ids are a prefix drawn for each run and a counter: the server's index of one client's ids grows at one place.
    The bounds are those at which a server stops to read: more would only wait there.
    """

    def __init__(self, prefix: str, *, count: int = UNSETTLED_COMMANDS, size: int = UNSETTLED_BYTES) -> None:
        self._prefix = prefix
        self._counter = 0
        self._most = count
        self._largest = size
        self._size = 0
        self._asked: dict[str, Asked[Request, Waiter]] = {}

    def __len__(self) -> int:
        return len(self._asked)

    @property
    def full(self) -> bool:
        """Whether whoever wants to ask more has to wait."""
        return len(self._asked) >= self._most or self._size >= self._largest

    def new_id(self) -> str:
        self._counter += 1
        return f"{self._prefix}{self._counter:08x}"

    def add(self, request_id: str, request: Request, data: bytes, waiter: Waiter) -> None:
        """Stand at the end."""
        self._asked[request_id] = Asked(request_id, request, data, waiter)
        self._size += len(data)

    def settle(self, request_id: str) -> Asked[Request, Waiter] | None:
        """The request with this id, which has its answer now; None where nobody waits for that any more."""
        asked = self._asked.pop(request_id, None)
        if asked is not None:
            self._size -= len(asked.data)
        return asked

    def unanswered(self) -> list[Asked[Request, Waiter]]:
        """All of them, in order."""
        return list(self._asked.values())

    def clear(self) -> list[Asked[Request, Waiter]]:
        """Give up on all of them."""
        given_up = self.unanswered()
        self._asked.clear()
        self._size = 0
        return given_up
