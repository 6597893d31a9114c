"""The only place that starts tasks, so that none is lost, and none fails unheard."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("salon")


class Tasks:
    """Tasks that run beside what started them. Ended together by `close`; an exception in one is logged."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what runs now and wait until all that has ended; what is started meanwhile is left alone."""
        running = list(self._running)
        await asyncio.sleep(0)  # a task that has not begun yet would leave what it was given neither done nor closed
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A task failed.", exc_info=error)
