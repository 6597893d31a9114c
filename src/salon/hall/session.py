"""One connection of a person, as the hall sees it: where it stands in its rooms, and what it may still take or say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from salon.core.batch import Kept
from salon.core.commands import Command
from salon.core.limits import REPLY_BYTES, UNSETTLED_BYTES, UNSETTLED_COMMANDS
from salon.core.people import NOBODY, Person
from salon.errors import Refusal
from salon.wire.dialect import Dialect

if TYPE_CHECKING:
    from salon.hall.following import Follower


class Outlet(Protocol):
    """The connection under a session."""

    def write(self, data: bytes) -> None:
        """Send these bytes. May call the session's `park` before it returns."""

    @property
    def address(self) -> str:
        """From where the connection comes, for the operator."""

    @property
    def buffered(self) -> int:
        """Bytes that were written and not taken by the other end yet."""

    def hold(self) -> None:
        """Read nothing until `release`."""

    def release(self) -> None:
        """Read on."""

    def close(self) -> None:
        """Send what was written, then close."""

    def abort(self) -> None:
        """End it now, whatever was not taken yet; nothing where it has ended."""


class Session:
    """Where a connection stands.

    parked     followers stand still and replies wait: the transport holds more than its high-water mark, or
               something has to be said first; each reason is taken back for itself
    unsettled  commands accepted and not yet committed or refused, and their bytes on the wire
    came       when it was given its name, in milliseconds since 1970 UTC
    sent_out   the operator ended it: nobody waits for the person to come back
    """

    __slots__ = (
        "behind",
        "came",
        "closed",
        "dialect",
        "followers",
        "outlet",
        "parked",
        "person",
        "sent_out",
        "unsettled",
        "when_quiet",
        "when_taken",
        "_busy",
        "_flushing",
        "_held",
        "_loop",
        "_parks",
        "_replies",
        "_reply_bytes",
        "_unsettled_bytes",
    )

    def __init__(self, outlet: Outlet, dialect: Dialect) -> None:
        self.outlet = outlet
        self.dialect = dialect
        self.person: Person = NOBODY
        self.followers: dict[str, Follower] = {}  # by room key
        self.behind: list[Follower] = []  # those that have more to take, taking turns
        self.parked = False
        self._parks = 0
        self.closed = False
        self.came = 0
        self.sent_out = False
        self.unsettled = 0
        self.when_quiet: Callable[[], None] | None = None  # asked for by whoever closes once all is settled
        self.when_taken: Callable[[], None] | None = None  # asked for once by whoever has too many replies to go on
        self._unsettled_bytes = 0.0
        self._replies: list[bytes] = []
        self._reply_bytes = 0
        self._flushing = False
        self._busy = False
        self._held = False
        self._loop = asyncio.get_running_loop()

    # what goes out

    def write(self, data: bytes) -> None:
        """Send bytes of a room, behind the replies that wait."""
        if self._replies:
            data = b"".join((*self._replies, data))
            self._forget_replies()
        self.outlet.write(data)

    def reply(self, data: bytes) -> None:
        """Send an answer to this session alone, at the latest at the end of this turn of the loop."""
        if self.closed or not data:
            return
        self._replies.append(data)
        self._reply_bytes += len(data)
        if self._reply_bytes > REPLY_BYTES and not self._held:
            self.review()
        if not self._flushing and not self.parked:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._replies and not self.parked and not self.closed:
            replies = b"".join(self._replies)
            self._forget_replies()
            self.outlet.write(replies)

    def _forget_replies(self) -> None:
        self._replies.clear()
        self._reply_bytes = 0
        if self._held:
            self.review()
        if self.when_taken is not None:
            self._loop.call_soon(self.when_taken)
            self.when_taken = None
        self.note_quiet()

    @property
    def overfull(self) -> bool:
        """Whether more answers wait than a session may have waiting."""
        return self._reply_bytes > REPLY_BYTES

    @property
    def owing(self) -> bool:
        """Whether answers wait for the transport to take them."""
        return bool(self._replies)

    def park(self) -> None:
        self._parks += 1
        self.parked = True

    def unpark(self) -> None:
        """The transport takes bytes again: first what waits for this session alone, then its rooms in turns."""
        self._parks -= 1
        if self._parks:
            return
        self.parked = False
        self._flush()
        self.review()
        for follower in self.followers.values():
            if follower.has_more:
                self.lag(follower)
        self.catch_up()

    @contextmanager
    def speaking_first(self) -> Iterator[None]:
        """What rooms say comes behind the replies that are given in here."""
        self.park()
        try:
            yield
        finally:
            self.unpark()

    def lag(self, follower: Follower) -> None:
        """This follower has more to take than it was given now."""
        if not follower.queued:
            follower.queued = True
            self.behind.append(follower)
            if len(self.behind) == 1 and not self.parked:
                self._loop.call_soon(self.catch_up)

    def catch_up(self) -> None:
        """A chunk for each room in turn, until nothing is left or the transport is full."""
        while self.behind and not self.parked and not self.closed:
            follower = self.behind.pop(0)
            follower.queued = False
            follower.pull()

    # what comes in

    def took(self, commands: int, size: float) -> None:
        """So many commands were accepted, so many bytes large on the wire."""
        self.unsettled += commands
        self._unsettled_bytes += size
        if self.unsettled > UNSETTLED_COMMANDS or self._unsettled_bytes > UNSETTLED_BYTES:
            self.review()

    def settle(self, room: str, outcomes: list[tuple[Command, Kept | Refusal]]) -> None:
        """These commands are durable, or refused."""
        self.reply(self.dialect.settled(room, outcomes))
        self.done(len(outcomes))

    def done(self, count: int) -> None:
        """So many of the commands that were accepted need nothing more."""
        # A command's own size is not carried along: what is settled weighs the average of what is not.
        self._unsettled_bytes -= self._unsettled_bytes * count / max(self.unsettled, count)
        self.unsettled = max(0, self.unsettled - count)
        if self._held:
            self.review()
        self.note_quiet()

    def note_quiet(self) -> None:
        """Something that was waited for is done."""
        if self.when_quiet is not None:
            self.when_quiet()

    @property
    def busy(self) -> bool:
        """Whether one document is still being worked on, so that the next has to wait."""
        return self._busy

    @busy.setter
    def busy(self, busy: bool) -> None:
        self._busy = busy
        self.review()

    def closed_for_input(self) -> None:
        """Nothing that comes any more is looked at."""
        self._busy = True
        self.review()

    def review(self) -> None:
        """Read from the connection only while what came from it is bounded."""
        hold = (
            self._busy
            or self.unsettled > UNSETTLED_COMMANDS
            or self._unsettled_bytes > UNSETTLED_BYTES
            or self._reply_bytes > REPLY_BYTES
        )
        if hold != self._held and not self.closed:
            self._held = hold
            if hold:
                self.outlet.hold()
            else:
                self.outlet.release()
