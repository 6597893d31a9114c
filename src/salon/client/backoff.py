"""How long to wait before the next attempt to reach a server."""

from collections.abc import Callable

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


class Backoff:
    """Waits that double from 0.1 s to 5 s, each shortened by up to half.

    `chance` gives numbers from 0 to 1: a thousand clients that lost one server do not come back at one moment.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._tries = 0

    def next(self) -> float:
        """Seconds until the next attempt."""
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0**self._tries)
        self._tries = min(self._tries + 1, 16)
        return longest * (0.5 + 0.5 * self._chance())

    def reset(self) -> None:
        """It worked: the next attempt, whenever that is, is the first one again."""
        self._tries = 0
