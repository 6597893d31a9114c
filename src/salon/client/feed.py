"""Between the line and whoever reads from it: bounded queues, and who may hold the line up.

Each listener has a queue of its own. A full one stops the line, until its reader has taken some. But a reader may wait
for an answer that comes over the same line: while it does, the line goes on, and its queue grows by what comes before
the answer.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from collections.abc import Callable, Collection
from typing import Any, Generic, Self, TypeVar

from salon.client.events import Event
from salon.core.limits import MIB
from salon.wire.answers import Message

QUEUE_EVENTS = 1_000
QUEUE_CHARS = 4 * MIB

T = TypeVar("T")
Pick = Callable[[Event], T | None]  # what a listener wants to see of an event, or nothing
Reader = asyncio.Task[Any] | None


class Queue:
    """Events in their order, counted."""

    __slots__ = ("chars", "events")

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self.chars = 0

    @property
    def full(self) -> bool:
        return len(self.events) >= QUEUE_EVENTS or self.chars >= QUEUE_CHARS

    def put(self, event: Event) -> None:
        self.events.append(event)
        self.chars += _chars(event)

    def take(self) -> Event:
        event = self.events.popleft()
        self.chars -= _chars(event)
        return event


def _chars(event: Event) -> int:
    return len(event.text) if isinstance(event, Message) else 0


class Feed:
    """What happens, for all who listen.

    While nobody does, the newest events are kept for whoever comes first. Until somebody has come for the first time
    even those hold the line up, so that nothing is missed between connecting and listening; a program that waits for
    answers instead shows that it does not want to listen.
    """

    def __init__(self, review: Callable[[], None]) -> None:
        self.review = review
        self.error: Exception | None = None
        self.closed = False
        self._kept = Queue()
        self._heeded = False  # somebody has listened
        self._listeners: tuple[weakref.ref[Listener[Any]], ...] = ()

    def put(self, event: Event) -> None:
        if not self._listeners:
            self._kept.put(event)
            if self._kept.full:
                self.review()
            return
        for reference in self._listeners:
            listener = reference()
            if listener is not None:
                listener.offer(event)

    def clogged(self, waiters: Collection[Reader]) -> bool:
        """Whether nothing more should come for now; `waiters` are the tasks that wait for answers."""
        if not self._listeners:
            return self._kept.full and not self._give_way(waiters)
        listeners = (reference() for reference in self._listeners)
        return any(one is not None and one.clogged and one.reader not in waiters for one in listeners)

    def _give_way(self, waiters: Collection[Reader]) -> bool:
        """Let the oldest go, where nobody is going to want it."""
        if not self._heeded and not waiters:
            return False
        while self._kept.full:
            self._kept.take()
        return True

    def listen(self, pick: Pick[T]) -> Listener[T]:
        """What `pick` makes of each event from now on. Not kept alive: a loop that was left lets it go."""
        listener = Listener(self, pick)
        if not self._listeners:
            while self._kept.events:
                listener.offer(self._kept.take())
        self._listeners = (*self._listeners, weakref.ref(listener, self._forget))
        self._heeded = True
        self.review()
        return listener

    def _forget(self, reference: weakref.ref[Listener[Any]]) -> None:
        self._listeners = tuple(one for one in self._listeners if one is not reference)
        self.review()

    def close(self, error: Exception | None = None) -> None:
        """What is in the queues may still be read; then iterating ends, or raises the error."""
        if not self.closed:
            self.closed, self.error = True, error
            self.wake()

    def wake(self) -> None:
        """Have every listener look again."""
        for reference in self._listeners:
            if (listener := reference()) is not None:
                listener.wake()


class Listener(Generic[T]):
    """An asynchronous iterator over what happens, for as long as somebody holds it. For one task at a time.

    over  tells whether there will be nothing more for it, before the client itself is closed
    """

    def __init__(self, feed: Feed, pick: Pick[T]) -> None:
        self._feed = feed
        self._pick = pick
        self._queue = Queue()
        self._woken: asyncio.Future[None] | None = None
        self.over: Callable[[], bool] = lambda: False
        self.reader: Reader = None

    @property
    def waiting(self) -> int:
        """How much there is that need not be waited for."""
        return len(self._queue.events)

    @property
    def clogged(self) -> bool:
        """Whether nothing more should come before its reader has taken some; never, once that task has ended."""
        return self._queue.full and not (self.reader is not None and self.reader.done())

    def offer(self, event: Event) -> None:
        if self._pick(event) is not None:
            self._queue.put(event)
            if self._queue.full:
                self._feed.review()
            self.wake()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        self.reader = asyncio.current_task()
        while not self._queue.events:
            if self._feed.error is not None:
                raise self._feed.error
            if self._feed.closed or self.over():
                raise StopAsyncIteration
            self._woken = asyncio.get_running_loop().create_future()
            await self._woken
        was_full = self._queue.full
        item = self._pick(self._queue.take())
        if was_full and not self._queue.full:
            self._feed.review()
        return item  # type: ignore[return-value]  # what is in the queue was picked

    def wake(self) -> None:
        """Look again."""
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)
