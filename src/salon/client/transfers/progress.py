"""How far a transfer is, as a value that any face can draw. Pure but for what it is told of the time."""

from enum import Enum

from msgspec import Struct

from salon.errors import Refusal

_SMOOTH_SECONDS = 3.0  # a rate forgets what was so long ago by two thirds
_SAMPLE_SECONDS = 0.1  # no rate is taken from less


class State(Enum):
    """What a transfer does."""

    WAITING = "waiting"  # for its turn
    MOVING = "moving"
    CUT = "looking for the server"
    PAUSED = "paused"
    CHECKING = "checking"  # all bytes are there
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in (State.DONE, State.FAILED, State.CANCELLED)


class Transfer(Struct, frozen=True):
    """A file on its way, at one moment.

    number   by which a person calls it
    up       whether it goes to the server
    size     bytes, or None while that is not known; `offset` of them are there
    rate     bytes a second, smoothed; `eta` seconds until the end, or None where nobody can say
    sha256   of the whole, as 64 hex digits, once it is known
    evicts   what an upload pushes off the shelf
    saved    where a download stands now
    refusal  why it failed, or why it was cut while it looks for the server
    path     over what it goes: `TCP`, `UDP`, `direct` from person to person, or `through the server`; empty before
    person   from whom it comes, where that is a person and no room
    detour   why it does not go over UDP, where it should
    last_byte  the byte before the offset, of a download
    """

    number: int
    up: bool
    name: str
    room: str
    state: State = State.WAITING
    size: int | None = None
    offset: int = 0
    rate: float = 0.0
    eta: float | None = None
    sha256: str = ""
    evicts: tuple[str, ...] = ()
    saved: str = ""
    refusal: Refusal | None = None
    path: str = ""
    person: str = ""
    detour: Refusal | None = None
    last_byte: int | None = None


class Meter:
    """A smoothed rate of bytes, from how far something was at some moments (seconds of any steady clock)."""

    def __init__(self) -> None:
        self.rate = 0.0
        self._last: tuple[float, int] | None = None

    def note(self, now: float, offset: int) -> None:
        """So many bytes are there. Where there are fewer than before, a part of the way is gone again."""
        if self._last is None or offset < self._last[1]:
            self._last = (now, offset)
            return
        then, before = self._last
        passed = now - then
        if passed < _SAMPLE_SECONDS:
            return
        current = (offset - before) / passed
        # The first rates are averages of all there was; only then does the past begin to fade.
        weight = passed / (passed + _SMOOTH_SECONDS) if self.rate else 1.0
        self.rate += (current - self.rate) * weight
        self._last = (now, offset)

    def stop(self) -> None:
        """Nothing moves for now."""
        self.rate = 0.0
        self._last = None

    def eta(self, left: int) -> float | None:
        """Seconds until so many bytes have come at this rate."""
        return left / self.rate if self.rate > 0 else None
