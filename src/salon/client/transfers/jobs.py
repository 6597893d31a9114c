"""One transfer from its first byte to its last, over pauses and cuts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from salon.client.transfers.progress import Meter, State, Transfer
from salon.client.transfers.trouble import GaveUp, Halt, persist
from salon.errors import Refusal, SalonError
from salon.ground.tasks import Tasks

Patience = Callable[[], float]  # seconds without any progress after which it is given up


class Work(Protocol):
    """What one transfer does. `run` may be broken off and called again."""

    @property
    def offset(self) -> int:
        """Bytes that are on their way or there."""

    @property
    def acknowledged(self) -> int:
        """Bytes that are there for certain."""

    @property
    def size(self) -> int | None:
        """Bytes of the whole, where that is known."""

    @property
    def sha256(self) -> str:
        """Of the whole, where that is known."""

    @property
    def evicts(self) -> tuple[str, ...]:
        """What it pushes off the shelf."""

    @property
    def saved(self) -> str:
        """Where it stands now, where it came here."""

    @property
    def path(self) -> str:
        """Over what it goes, or went last."""

    @property
    def detour(self) -> Refusal | None:
        """Why it does not go over UDP, where it should."""

    @property
    def last_byte(self) -> int | None:
        """The byte before the offset, of what comes here."""

    async def run(self) -> None:
        """Go on to the end. Raises Cut where another attempt is worth it, Halt to stand still, else SalonError."""

    async def discard(self) -> None:
        """Leave nothing of it behind."""

    async def close(self) -> None:
        """Let go of it. What is not done can be gone on with."""


class Job:
    """One file on its way. `look` tells how far it is; whoever draws it asks as often as they like.

    changed  is called whenever its state is another, and when it is known what an upload pushes off the shelf
    """

    def __init__(self, first: Transfer, changed: Callable[[Job], None]) -> None:
        self._first = first
        self._changed = changed
        self._meter = Meter()
        self._work: Work | None = None
        self._state = State.WAITING
        self._refusal: Refusal | None = None
        self._cut_at: int | None = None  # how far it was when the line broke
        self._allowed = asyncio.Event()
        self._allowed.set()
        self._cancelled = False
        self._task: asyncio.Task[None]
        self._attempt: asyncio.Task[SalonError | Halt | None] | None = None
        self._tasks = Tasks()

    # what people ask

    def look(self) -> Transfer:
        """How far it is now."""
        first, work, state = self._first, self._work, self._state
        if work is None:
            return msgspec.structs.replace(first, state=state, refusal=self._refusal)
        size, offset = work.size, work.offset
        if state is State.CUT and offset != self._cut_at:
            state = State.MOVING
        if state is State.MOVING:
            self._meter.note(time.monotonic(), offset)
            if offset == size:
                state = State.CHECKING
        else:
            self._meter.stop()
        eta = self._meter.eta(size - offset) if size is not None else None
        rate, sha256, evicts = self._meter.rate, work.sha256, work.evicts
        return Transfer(
            *(first.number, first.up, first.name, first.room, state, size, offset, rate, eta, sha256, evicts),
            work.saved,
            self._refusal,
            work.path,
            first.person,
            work.detour,
            work.last_byte,
        )

    @property
    def number(self) -> int:
        return self._first.number

    def pause(self) -> None:
        """Stop for now. It costs the server nothing until `proceed`."""
        if not self._state.over and self._allowed.is_set():
            self._allowed.clear()
            self._turn(State.PAUSED)
            if self._attempt is not None:
                self._attempt.cancel()

    def proceed(self) -> None:
        """Go on from where it stopped."""
        if self._state is State.PAUSED:
            self._turn(State.WAITING)
            self._allowed.set()

    def cancel(self) -> None:
        """Give it up: nothing of it stays, here or there."""
        if not self._state.over and not self._cancelled:
            self._cancelled = True
            self._task.cancel()

    async def wait(self, seconds: float | None = None) -> Transfer:
        """What became of it, once it is over; or how far it is after so many seconds."""
        await asyncio.wait([self._task], timeout=seconds)
        return self.look()

    # what happens

    async def run(self, open_work: Callable[[], Awaitable[Work]], turns: asyncio.Semaphore, patience: Patience) -> None:
        """From the beginning to the end, whatever that is. Never raises but CancelledError."""
        try:
            while not self._state.over:
                await self._allowed.wait()
                async with turns:
                    if self._allowed.is_set():
                        await self._take_turn(open_work, patience)
        except asyncio.CancelledError:
            await self._stop_attempt()
            await self._end(State.CANCELLED if self._cancelled else self._state, discard=self._cancelled)
            if not self._cancelled:
                raise

    async def _take_turn(self, open_work: Callable[[], Awaitable[Work]], patience: Patience) -> None:
        """Move until it is over, or paused."""
        self._turn(State.MOVING)
        attempt = self._attempt = self._tasks.start(self._move(open_work, patience))
        await asyncio.wait([attempt])
        if attempt.cancelled():
            return
        error = attempt.result()
        if isinstance(error, Halt):
            self._allowed.clear()
            self._turn(State.PAUSED)
            return
        self._refusal = error.refusal if error is not None else None
        state = State.DONE if error is None else State.FAILED
        await self._end(state, discard=error is not None and not isinstance(error, GaveUp))

    async def _move(self, open_work: Callable[[], Awaitable[Work]], patience: Patience) -> SalonError | Halt | None:
        """What can be broken off by a pause; why it failed, or stands still now."""
        try:
            work = self._work = self._work or await open_work()
            await persist(work.run, lambda: work.acknowledged, self._cut, patience)
        except (SalonError, Halt) as error:
            return error
        return None

    def _cut(self, refusal: Refusal) -> None:
        self._refusal = refusal
        self._cut_at = self._work.offset if self._work is not None else 0
        if self._state is not State.CUT:
            self._turn(State.CUT)

    async def _stop_attempt(self) -> None:
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.wait([self._attempt])

    async def _end(self, state: State, *, discard: bool = False) -> None:
        if self._work is not None:
            await (self._work.discard() if discard else self._work.close())
        self._turn(state)

    def _turn(self, state: State) -> None:
        self._state = state
        self._changed(self)

    def begin(self, task: asyncio.Task[None]) -> None:
        """This task is what runs it."""
        self._task = task
        task.add_done_callback(self._ended)

    def _ended(self, _task: asyncio.Task[None]) -> None:
        if self._cancelled and not self._state.over:  # before it ever began
            self._turn(State.CANCELLED)
