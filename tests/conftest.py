"""What all tests share: the event loop, the detector of blocking calls, hypothesis' profiles."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

# Time must not decide whether a property holds: the machine may be busy, or the code measured.
settings.register_profile("salon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("salon"), derandomize=True, print_blob=True)
settings.register_profile("quick", settings.get_profile("salon"), max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "salon"))

# Long enough for a busy machine to take the processor away for a moment, short enough to see one fsync of a slow disk.
BLOCKED_SECONDS = 0.2


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs root when we are somebody else."""
    if item.get_closest_marker("root") and (not hasattr(os, "geteuid") or os.geteuid() != 0):
        pytest.skip("needs root")


# Tests of whole programs: browsers, terminals, killed servers.
_WHOLE = frozenset(("browser", "classic", "faults", "journeys", "tus"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give a test of whole programs a second try: on a machine that others share, their haste is not ours to decide.

    Each second try stands in the summary. One that is seen there more than once is a mistake to be found.
    """
    tests = config.rootpath / "tests"
    for item in items:
        if item.path.is_relative_to(tests) and item.path.relative_to(tests).parts[0] in _WHOLE:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def anyio_backend() -> str:
    """Salon runs on asyncio alone."""
    return "asyncio"


class _Blocked(logging.Handler):
    """Collects what asyncio in debug mode says of callbacks and steps of tasks that took too long."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reports: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Executing "):
            self.reports.append(message)


@pytest.fixture
async def unblocked_loop(anyio_backend: str) -> AsyncIterator[None]:
    """Fail the test if anything held its event loop for ``BLOCKED_SECONDS`` or longer.

    For ``@pytest.mark.usefixtures("unblocked_loop")``; the steps of the test itself count too. It uses asyncio's debug
    mode, which is slow: not for tests that measure.
    """
    loop = asyncio.get_running_loop()
    logger = logging.getLogger("asyncio")
    blocked = _Blocked()
    before = loop.get_debug(), loop.slow_callback_duration
    loop.set_debug(True)
    loop.slow_callback_duration = BLOCKED_SECONDS
    logger.addHandler(blocked)
    yield
    # The report on a step comes after it: let the test's last one end.
    await asyncio.sleep(0)
    logger.removeHandler(blocked)
    loop.set_debug(before[0])
    loop.slow_callback_duration = before[1]
    if blocked.reports:
        pytest.fail("The event loop was blocked:\n" + "\n".join(blocked.reports), pytrace=False)
