"""Every adapter of the store's ports, and one that is closed and opened again in the middle of each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salon.hall.ports import Store
from salon.stores.memory import MemoryStore
from salon.stores.sqlite import open_store


class Place:
    """A store, and the moment at which it may be closed and opened again."""

    def __init__(self, folder: Path | None, *, restarts: bool = False) -> None:
        self._folder = folder
        self._restarts = restarts
        self.store: Store = self._open()

    def _open(self) -> Store:
        return MemoryStore() if self._folder is None else open_store(self._folder)

    async def again(self) -> Store:
        """From here on it is another process's, where the adapter can do that."""
        if self._restarts:
            await self.store.close()
            self.store = self._open()
        return self.store


@pytest.fixture(params=["memory", "sqlite", "sqlite-reopened"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Place]:
    folder = None if request.param == "memory" else tmp_path
    place = Place(folder, restarts=request.param == "sqlite-reopened")
    yield place
    await place.store.close()
