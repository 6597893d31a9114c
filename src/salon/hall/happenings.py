"""What happens, in order, for whoever looks: the operator's console, and the log on standard error.

It is the room's idea again: happenings are numbered, a watcher is a cursor, and telling is reading from it. What was
said is kept as the batch's own entries and becomes happenings when somebody looks; a batch costs one step here, however
large it is. The ring is bounded in happenings and bytes. Who falls behind it learns how many they missed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from salon.core.events import Entry
from salon.core.limits import HAPPENINGS, HAPPENINGS_BYTES, HAPPENINGS_UNWATCHED
from salon.wire.dialect import RoomView
from salon.wire.happenings import Happening, Kind, of_entry

_OVERHEAD = 400  # bytes that an entry or a happening takes beside its text, as objects


class Taken(Struct, frozen=True):
    """What a watcher is given: how many happenings it missed before these, and these, each with its number."""

    missed: int
    happenings: list[tuple[int, Happening]]


class Step:
    """Happenings up to number `last`: one that is a value already, or a batch's entries of a room."""

    __slots__ = ("entries", "happening", "key", "last", "size", "view")

    def __init__(
        self, last: int, happening: Happening | None, key: str, view: RoomView, entries: Sequence[Entry]
    ) -> None:
        self.last = last
        self.happening = happening
        self.key = key
        self.view = view
        self.entries = list(entries)
        texts = [len(getattr(entry.event, "text", None) or "") for entry in entries]
        if happening is not None:
            texts.append(len(happening.text or "") + 60 * len(happening.names))
        self.size = sum(texts) + _OVERHEAD * len(texts)

    @property
    def before(self) -> int:
        """The number of the last happening before these."""
        return self.last - (len(self.entries) or 1)


_NOWHERE = RoomView("")


class Happenings:
    """The newest happenings. `private`: what people say in private is shown too. `clock` in milliseconds."""

    def __init__(self, clock: Callable[[], int], *, private: bool = False) -> None:
        self.private = private
        self.tip = 0  # the number of the newest
        self.refusals = 0  # since the server began
        self._clock = clock
        self._size = 0
        self._steps: deque[Step] = deque()
        self._watchers: set[Watcher] = set()
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def floor(self) -> int:
        """The number of the last one that is not kept any more."""
        return self._steps[0].before if self._steps else self.tip

    def tell(self, kind: Kind, **fields: Any) -> None:
        """Something happened now."""
        self.tip += 1
        self._add(Step(self.tip, Happening(kind, self._clock(), **fields), "", _NOWHERE, ()))

    def refused(self, who: str, code: str, sentence: str) -> None:
        """Somebody was refused something."""
        self.refusals += 1
        self.tell("refused", who=who, code=code, text=sentence)

    def committed(self, key: str, view: RoomView, entries: Sequence[Entry]) -> None:
        """These became durable in a room. While nobody looks, only the last of a batch are kept."""
        self.tip += len(entries)
        self._add(Step(self.tip, None, key, view, entries[-(HAPPENINGS if self._watchers else HAPPENINGS_UNWATCHED) :]))

    def rewritten(self, key: str, rewrites: dict[int, Entry]) -> None:
        """These entries stand otherwise now: an old text is not shown any more."""
        for step in self._steps:
            if step.key == key:
                step.entries = [rewrites.get(entry.seq, entry) for entry in step.entries]

    def watch(self, since: int | None = None) -> Watcher:
        """Look from number `since` on, or from the oldest that is kept."""
        watcher = Watcher(self, self.floor if since is None or since > self.tip else since)
        self._watchers.add(watcher)
        return watcher

    def forget(self, watcher: Watcher) -> None:
        """That one looks no more."""
        self._watchers.discard(watcher)

    def behind(self, cursor: int, most: int) -> Taken:
        """The newest behind this number, oldest first, and about `most`: what comes before these counts as missed."""
        cursor = max(cursor, self.tip - most)
        missed, found = 0, []
        for step in self.steps_behind(cursor):
            missed += max(0, step.before - cursor)
            found += [(number, one) for number, one in self._shown(step) if number > cursor]
            cursor = step.last
        return Taken(missed + self.tip - cursor, found)

    def steps_behind(self, cursor: int) -> list[Step]:
        """Those that reach beyond this number, oldest first."""
        steps: list[Step] = []
        for step in reversed(self._steps):
            if step.last <= cursor:
                break
            steps.append(step)
        return steps[::-1]

    def _shown(self, step: Step) -> list[tuple[int, Happening]]:
        if step.happening is not None:
            return [(step.last, step.happening)]
        begin = step.before + 1
        shown = (of_entry(step.view, entry, private=self.private) for entry in step.entries)
        return [(begin + n, happening) for n, happening in enumerate(shown) if happening is not None]

    async def news(self, cursor: int) -> None:
        """Wait until something is behind this number."""
        if self.tip <= cursor:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _add(self, step: Step) -> None:
        self._steps.append(step)
        self._size += step.size
        while len(self._steps) > 1 and (self._size > HAPPENINGS_BYTES or self.tip - self._steps[0].last >= HAPPENINGS):
            self._size -= self._steps.popleft().size
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for turn in waiting:
                if not turn.done():
                    turn.set_result(None)


class Watcher:
    """Somebody who looks. `cursor` is the number of the last happening that they were given."""

    __slots__ = ("_happenings", "cursor")

    def __init__(self, happenings: Happenings, cursor: int) -> None:
        self.cursor = cursor
        self._happenings = happenings

    async def news(self) -> None:
        """Wait until there is something to take."""
        await self._happenings.news(self.cursor)

    def take(self, most: int = HAPPENINGS) -> Taken:
        """What happened since the last time, the newest `most` of it."""
        before, self.cursor = self.cursor, self._happenings.tip
        taken = self._happenings.behind(before, most)
        return Taken(taken.missed + max(0, self.cursor - most - before), taken.happenings)

    def take_steps(self) -> tuple[int, list[Step]]:
        """Everything that happened since the last time, as it is kept: how many were missed before it, and it.

        What is taken may be looked at by another thread.
        """
        before, self.cursor = self.cursor, self._happenings.tip
        steps = self._happenings.steps_behind(before)
        missed = sum(step.before - last for step, last in zip(steps, [before, *(s.last for s in steps)], strict=False))
        return missed, steps

    def close(self) -> None:
        """Look no more."""
        self._happenings.forget(self)
