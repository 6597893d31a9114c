"""A server in this process whose log may hold nothing but sentences: an exception fails the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.servers import Server, serving


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
def no_exceptions(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """For `usefixtures`: nothing that happened to the server was logged as an error."""
    yield
    for when in ("setup", "call", "teardown"):
        assert [one.getMessage() for one in caplog.get_records(when) if one.levelname in ("ERROR", "CRITICAL")] == []
