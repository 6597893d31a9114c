"""Being told to stop."""

import asyncio
import signal
from collections.abc import Callable, Sequence

STOPPING = (signal.SIGINT, signal.SIGTERM)


def on_stop(
    loop: asyncio.AbstractEventLoop, stop: Callable[[int], None], numbers: Sequence[int] = STOPPING
) -> Callable[[], None]:
    """Have `stop` called on the loop with the signal's number, for Ctrl-C and SIGTERM; what undoes it."""
    try:
        for number in numbers:
            loop.add_signal_handler(number, stop, number)
    except NotImplementedError:  # Windows: the loop cannot; a plain handler that wakes it can
        for number in numbers:
            signal.signal(number, lambda number, _frame: loop.call_soon_threadsafe(stop, number))
        return lambda: None

    def undo() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    return undo
