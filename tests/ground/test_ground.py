from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from salon.ground import limits, modules
from salon.ground.clock import now_ms
from salon.ground.limits import raise_open_files
from salon.ground.tasks import Tasks


def test_the_clock_is_in_milliseconds() -> None:
    before = time.time()
    now = now_ms()
    assert before - 1 <= now / 1000 <= time.time() + 1


def test_a_module_that_is_there_and_one_that_is_not() -> None:
    assert modules.optional("json").dumps([1]) == "[1]"
    assert modules.optional("no_such_module") is None


class Limits:
    """What `resource` says and takes."""

    RLIMIT_NOFILE = 7

    def __init__(self, soft: int, hard: int, error: type[Exception] | None = None) -> None:
        self.limit = (soft, hard)
        self._error = error

    def getrlimit(self, which: int) -> tuple[int, int]:
        assert which == self.RLIMIT_NOFILE
        return self.limit

    def setrlimit(self, which: int, limit: tuple[int, int]) -> None:
        if self._error is not None:
            raise self._error
        self.limit = limit


@pytest.mark.parametrize(
    ("resource", "limit"),
    [
        (Limits(1024, 4096), 4096),
        (Limits(4096, 4096), 4096),
        (Limits(256, 2**63 - 1, ValueError), 256),
        (Limits(256, 4096, OSError), 256),
        (None, 0),
    ],
)
def test_as_many_open_files_as_may_be(monkeypatch: pytest.MonkeyPatch, resource: Limits | None, limit: int) -> None:
    monkeypatch.setattr(limits, "resource", resource)
    assert raise_open_files() == limit
    if resource is not None:
        assert resource.limit[0] == limit


@pytest.mark.anyio
async def test_a_task_that_fails_is_heard_of(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    tasks = Tasks()
    await asyncio.wait([tasks.start(fail())])
    await asyncio.sleep(0)
    assert "A task failed." in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.anyio
async def test_closing_cancels_and_waits_for_the_end(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("waited")

    async def done() -> None:
        ended.append("done")

    tasks = Tasks()
    await tasks.start(done())
    waiting = tasks.start(wait())
    await asyncio.sleep(0)
    await tasks.close()
    assert ended == ["done", "waited"]
    assert waiting.cancelled()
    assert not caplog.records
    await tasks.close()


@pytest.mark.anyio
async def test_what_was_only_just_started_is_ended_properly(recwarn: pytest.WarningsRecorder) -> None:
    async def inner() -> None:
        await asyncio.Event().wait()

    async def outer(work: Coroutine[Any, Any, None]) -> None:
        await work

    tasks = Tasks()
    given = inner()
    tasks.start(outer(given))
    await tasks.close()
    assert inspect.getcoroutinestate(given) == inspect.CORO_CLOSED
    assert not recwarn.list
