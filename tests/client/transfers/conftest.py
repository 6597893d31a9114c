"""What tests of transfers share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from salon.client import Client
from salon.client.transfers.part import Part
from tests.support.people import Ways, direct_ways, person
from tests.support.servers import Server, serving


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all that any part took in."""
    sizes: list[int] = []
    take, keep = Part.take, Part.keep

    def noted(part: Part, data: bytes) -> None:
        sizes.append(len(data))
        take(part, data)

    def noted_in_a_thread(part: Part, data: memoryview) -> None:
        sizes.append(len(data))
        keep(part, data)

    monkeypatch.setattr(Part, "take", noted)
    monkeypatch.setattr(Part, "keep", noted_in_a_thread)
    return sizes


@pytest.fixture
async def at(anyio_backend: str) -> AsyncIterator[Server]:
    """A server of its own."""
    async with serving() as server:
        yield server


@pytest.fixture
async def ways(monkeypatch: pytest.MonkeyPatch, anyio_backend: str) -> AsyncIterator[Ways]:
    """The direct ways that were opened."""
    async with direct_ways(monkeypatch) as found:
        yield found


@pytest.fixture
async def ann(at: Server) -> AsyncIterator[Client]:
    """Somebody who asks."""
    async with person(at.address, "ann") as client:
        yield client
