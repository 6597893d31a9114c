"""Being told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest

from salon.ground.signals import on_stop

pytestmark = pytest.mark.anyio


async def test_both_signals_arrive_on_the_loop_until_undone() -> None:
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[int] = asyncio.Queue()
    undo = on_stop(loop, heard.put_nowait)
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(os.getpid(), number)
        assert await asyncio.wait_for(heard.get(), 10) == number
    undo()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


async def test_a_loop_that_knows_no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""

    class Loop:
        def add_signal_handler(self, *_: object) -> None:
            raise NotImplementedError

        def call_soon_threadsafe(self, call: Any, *values: Any) -> None:
            call(*values)

    handlers: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    heard: list[int] = []
    undo = on_stop(Loop(), heard.append)  # type: ignore[arg-type]
    assert set(handlers) == {signal.SIGINT, signal.SIGTERM}
    handlers[signal.SIGTERM](signal.SIGTERM, None)
    assert heard == [signal.SIGTERM]
    undo()
