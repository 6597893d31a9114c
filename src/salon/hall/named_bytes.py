"""Which bytes something names, and letting go of those that nothing does."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from salon.core.shelf import Shelf
from salon.hall.ports import Blobs


class NamedBytes:
    """Counts who names bytes: shelves in their logs, and entries that are on their way to one."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._named: Counter[str] = Counter()
        self._pinned: Counter[str] = Counter()

    def __contains__(self, sha256: str) -> bool:
        return self._named[sha256] > 0

    @property
    def all(self) -> set[str]:
        """Every hash that is named or pinned."""
        return {sha256 for counts in (self._named, self._pinned) for sha256, count in counts.items() if count > 0}

    def found(self, shelf: Shelf) -> None:
        """A shelf of a log that is there already."""
        self._named.update(mark.sha256 for mark in shelf)

    def changed(self, before: Shelf, after: Shelf) -> None:
        """A shelf is another one now: bytes that nothing names any more go."""
        self._named.update(mark.sha256 for mark in after)
        self._named.subtract(mark.sha256 for mark in before)
        for mark in before:
            self.let_go(mark.sha256)

    @contextmanager
    def pinned(self, sha256: str) -> Iterator[None]:
        """Bytes that an entry will name in a moment stay meanwhile, whatever else happens to them."""
        self._pinned[sha256] += 1
        try:
            yield
        finally:
            self._pinned[sha256] -= 1

    def let_go(self, sha256: str) -> None:
        """Remove the bytes where nothing names them."""
        if self._named[sha256] <= 0 and self._pinned[sha256] <= 0:
            del self._named[sha256], self._pinned[sha256]
            self._blobs.remove(sha256)
