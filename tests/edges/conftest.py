"""Servers in this process, and their log that may hold nothing but sentences: an exception fails the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from salon.edges import pacing
from salon.hall.receiving import Policy
from tests.edges.doorstep import House
from tests.edges.doorstep import opened as opened_house
from tests.edges.shelfside import MAX, Place
from tests.edges.shelfside import opened as opened_place
from tests.support.servers import Server, serving


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def house(anyio_backend: str) -> AsyncIterator[House]:
    """A door with a hall behind it."""
    async with opened_house() as house:
        yield house


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between documents, where it is not the pause that is tested."""
    monkeypatch.setattr(pacing, "READ_SECONDS", 0.0)


@pytest.fixture(params=["memory", "folder"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Place]:
    """A door with shelves. In memory their bytes are read and written; from a folder the kernel copies them."""
    data = tmp_path / "data" if request.param == "folder" else None
    async with opened_place(data, Policy(keep=5, max_file=MAX)) as place:
        yield place


@pytest.fixture
def no_exceptions(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """For `usefixtures`: nothing that happened to the server was logged as an error."""
    yield
    for when in ("setup", "call", "teardown"):
        assert [one.getMessage() for one in caplog.get_records(when) if one.levelname in ("ERROR", "CRITICAL")] == []
