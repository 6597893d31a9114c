"""When a line breaks: what is worth another attempt, and for how long."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

from salon.client.backoff import Backoff
from salon.errors import Refusal, SalonError


class Cut(Exception):
    """The line broke, or the server said something that passes by itself: `refusal` is why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Another(Exception):
    """The file of this name is another one now."""


class Detour(Exception):
    """Over UDP it does not go: `refusal` is why. TCP is tried instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Halt(Exception):
    """It came as far as it was to come before it stands still."""


class GaveUp(SalonError):
    """It got no further for too long. What was done stays, to be gone on with."""


async def persist(
    attempt: Callable[[], Awaitable[None]],
    reached: Callable[[], int],
    told: Callable[[Refusal], None],
    patience: Callable[[], float],
) -> None:
    """Attempt it until it is done. Raises SalonError where it is refused, GaveUp where it got no further.

    reached   how far it is: whatever is larger than before is worth new patience
    told      is called with the reason before each wait
    patience  seconds, asked for at each cut
    """
    backoff = Backoff(lambda: secrets.randbelow(1 << 20) / (1 << 20))
    best, stuck = reached(), time.monotonic()
    while True:
        try:
            return await attempt()
        except Cut as cut:
            now = time.monotonic()
            if reached() > best:
                best, stuck = reached(), now
                backoff.reset()
            if now - stuck >= patience():
                raise GaveUp(cut.refusal) from cut
            told(cut.refusal)
            await asyncio.sleep(backoff.next())
