"""Files on their way: who moves which, how far it is, how fast, and over which path.

Whoever moves a file registers it, sets `offset` as it goes (one number, nothing else), and ends it. Rates are worked
out by whoever looks. Ends that somebody should hear of become happenings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from salon.hall.happenings import Happenings
from salon.wire.happenings import Kind

TCP: Final = "TCP"
UDP: Final = "UDP"
DIRECT: Final = "direct"
THROUGH_SERVER: Final = "through the server"

_RATE_MS = 1_000  # over so long at least; shorter looks at a file tell more of its bursts than of its speed
_PRIVATE_FILE = "a private file"


class Transfer:
    """One file on its way.

    who      a person, or an address where nobody said a name
    place    the room whose shelf it goes to or comes from, or the person that it comes from
    offset   bytes that are through; set by whoever moves it
    path     how it goes; may change on the way
    paused   whether nothing moves, because somebody wants it so or nobody is connected
    began    milliseconds since 1970 UTC
    rate     bytes a second lately; 0 until somebody has looked twice
    """

    __slots__ = (
        "began",
        "file",
        "number",
        "offset",
        "path",
        "paused",
        "place",
        "rate",
        "size",
        "up",
        "who",
        "_from",
        "_seen",
        "_seen_at",
    )

    def __init__(
        self, number: int, who: str, file: str, place: str, size: int, offset: int, path: str, now: int, *, up: bool
    ) -> None:
        self.number = number
        self.who = who
        self.file = file
        self.place = place
        self.size = size
        self.offset = offset
        self.path = path
        self.up = up
        self.paused = False
        self.began = now
        self.rate = 0
        self._from = offset
        self._seen, self._seen_at = offset, now

    @property
    def moved(self) -> int:
        """Bytes that went this time; what was there before is not among them."""
        return self.offset - self._from

    def stand_at(self, offset: int) -> None:
        """So many bytes are through."""
        self.offset = offset

    def look(self, now: int) -> None:
        """Bring `rate` up to date."""
        passed = now - self._seen_at
        if passed >= _RATE_MS:
            self.rate = max(0, self.offset - self._seen) * 1_000 // passed
            self._seen, self._seen_at = self.offset, now


class Transfers:
    """The files that are on their way at the moment. `clock` in milliseconds."""

    def __init__(self, clock: Callable[[], int], happenings: Happenings) -> None:
        self.moved_up = 0  # bytes, of transfers that are over
        self.moved_down = 0
        self._clock = clock
        self._happenings = happenings
        self._moving: dict[int, Transfer] = {}
        self._number = 0

    def __len__(self) -> int:
        return len(self._moving)

    def __iter__(self) -> Iterator[Transfer]:
        """Those that are on their way, the oldest first, with their rates of now."""
        now = self._clock()
        for transfer in self._moving.values():
            transfer.look(now)
        return iter(list(self._moving.values()))

    def begin(
        self,
        who: str,
        file: str,
        *,
        place: str = "",
        size: int,
        offset: int = 0,
        path: str = TCP,
        up: bool = False,
        private: bool = False,
        told: bool = False,
    ) -> Transfer:
        """A file is on its way from byte `offset` on. `private`: its name is shown only where private words are.

        told  that somebody wants it was told before
        """
        self._number += 1
        shown = _PRIVATE_FILE if private and not self._happenings.private else file
        transfer = Transfer(self._number, who, shown, place, size, offset, path, self._clock(), up=up)
        self._moving[self._number] = transfer
        if not offset and not told:
            self._happenings.tell("sending" if up else "wants", who=who, file=shown, size=size)
        return transfer

    def halt(self, transfer: Transfer, last_byte: int | None = None) -> None:
        """It stands still, because whoever gets it wants it so; `last_byte` is the one before the offset."""
        transfer.paused = True
        self._tell("halted", transfer, last_byte=last_byte)

    def proceed(self, transfer: Transfer) -> None:
        """It goes on."""
        transfer.paused = False
        self._tell("proceeding", transfer)

    def end(self, transfer: Transfer, *, part: bool = False) -> None:
        """It is over: whole where its offset is its size. A `part` that was all that was asked for is not told of."""
        if self._moving.pop(transfer.number, None) is None:
            return
        if transfer.up:
            self.moved_up += transfer.moved
        else:
            self.moved_down += transfer.moved
        if part:
            return
        whole = transfer.offset >= transfer.size
        if not transfer.up:
            self._tell("downloaded" if whole else "stopped", transfer)
        elif not whole:
            self._tell("given_up", transfer)

    def _tell(self, kind: Kind, transfer: Transfer, *, last_byte: int | None = None) -> None:
        self._happenings.tell(
            kind,
            who=transfer.who,
            file=transfer.file,
            size=transfer.size,
            offset=transfer.offset,
            last_byte=last_byte,
        )
