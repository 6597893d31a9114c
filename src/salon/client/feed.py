"""A bounded queue between the line and whoever reads from it."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from salon.core.limits import MIB

FEED_ITEMS = 1_000
FEED_CHARS = 4 * MIB

T = TypeVar("T")


class Feed(Generic[T]):
    """What happened and was not looked at yet.

    While nobody listens, only the newest is kept. Whoever listens gets everything from there on: a full feed then stops
    the line (`clogged`), unless its reader itself waits for an answer from that line.
    """

    def __init__(self, review: Callable[[], None]) -> None:
        self._listening: weakref.ref[Listener[T]] | None = None
        self.items: deque[tuple[T, int]] = deque()
        self.closed = False
        self.error: Exception | None = None
        self._review = review
        self._chars = 0

    @property
    def listener(self) -> Listener[T] | None:
        """Whoever iterates. Not kept alive: a loop that was left lets its listener go, and the feed with it."""
        return self._listening() if self._listening else None

    @property
    def clogged(self) -> bool:
        """Whether nothing more should come before its reader has taken some."""
        listener = self.listener if self._over else None
        return listener is not None and not listener.gone

    @property
    def reader(self) -> asyncio.Task[Any] | None:
        """The task that reads from it."""
        listener = self.listener
        return listener.reader if listener else None

    @property
    def _over(self) -> bool:
        return len(self.items) >= FEED_ITEMS or self._chars >= FEED_CHARS

    def put(self, item: T, chars: int = 0) -> None:
        self.items.append((item, chars))
        self._chars += chars
        listener = self.listener
        if listener is None:
            while self._over and len(self.items) > 1:
                self.take()
        else:
            if self._over:
                self._review()
            listener.wake()

    def take(self) -> T:
        """The oldest item. Raises IndexError where there is none."""
        was_over = self._over
        item, chars = self.items.popleft()
        self._chars -= chars
        if was_over and not self._over:
            self._review()
        return item

    def close(self, error: Exception | None = None) -> None:
        """What is in it may still be read; then iterating ends, or raises the error."""
        if not self.closed:
            self.closed = True
            self.error = error
            self._wake()

    def listen(self) -> Listener[T]:
        """Everything from now on, in its order. Who listens takes the place of whoever listened before."""
        before = self.listener
        listener = Listener(self)
        self._listening = weakref.ref(listener, lambda _: self._review())
        if before is not None:
            before.wake()
        return listener

    def _wake(self) -> None:
        if (listener := self.listener) is not None:
            listener.wake()


class Listener(Generic[T]):
    """An asynchronous iterator over a feed, for as long as somebody holds it."""

    def __init__(self, feed: Feed[T]) -> None:
        self._feed = feed
        self._woken: asyncio.Future[None] | None = None
        self.reader: asyncio.Task[Any] | None = None

    @property
    def gone(self) -> bool:
        """Whether the task that iterated has ended."""
        return self.reader is not None and self.reader.done()

    @property
    def waiting(self) -> int:
        """How much there is that need not be waited for."""
        return len(self._feed.items)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        feed = self._feed
        self.reader = asyncio.current_task()
        while feed.listener is self:
            if feed.items:
                return feed.take()
            if feed.closed:
                if feed.error is not None:
                    raise feed.error
                break
            self._woken = asyncio.get_running_loop().create_future()
            await self._woken
        raise StopAsyncIteration

    def wake(self) -> None:
        """Look again."""
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)
