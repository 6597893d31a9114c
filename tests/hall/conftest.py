"""A hall on a store in memory, and time that passes when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from salon.hall.receiving import Policy
from salon.stores.memory import MemoryStore
from tests.support.party import Party, rest
from tests.support.shelves import Shelves


@pytest.fixture
async def party(anyio_backend: str) -> Party:
    return Party(MemoryStore())


@pytest.fixture
async def shelves(anyio_backend: str) -> AsyncIterator[Shelves]:
    """Shelves that take files of at most 1000 bytes."""
    shelves = Shelves(policy=Policy(max_file=1000))
    yield shelves
    await shelves.close()


@pytest.fixture
def advance(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], object]:
    """Let seconds pass on the loop's clock, and what was due happen."""
    passed = [0.0]

    async def advance(seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if not passed[0]:
            true = loop.time
            monkeypatch.setattr(loop, "time", lambda: true() + passed[0])
        passed[0] += seconds
        await rest()

    return advance
