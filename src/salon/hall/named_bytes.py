"""Which bytes something names, and letting go of those that nothing does."""

from asyncio import Future
from collections import Counter

from salon.core.shelf import Shelf
from salon.hall.ports import Blobs


class NamedBytes:
    """Counts who names bytes: shelves in their logs, and uploads that are whole but on no shelf yet."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._named: Counter[str] = Counter()
        self._pinned: Counter[str] = Counter()
        self._finishing = 0
        self._spared: set[str] = set()

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
            self._let_go(mark.sha256)

    def pin(self, sha256: str) -> None:
        """These bytes stay until `unpin`, whatever becomes of the shelves that name them."""
        self._pinned[sha256] += 1

    def unpin(self, sha256: str) -> None:
        """One pin fewer: bytes that nothing names go with the last one."""
        self._pinned[sha256] -= 1
        self._let_go(sha256)

    async def finish(self, upload: str) -> str:
        """The hash of an upload's bytes, which are stored under it now, and pinned.

        The store may find that it has them already, and throws the new ones away: so no bytes go while it looks, until
        the answer is here and says which were meant.
        """
        self._finishing += 1
        try:
            sha256 = await self._blobs.finish(upload)
            self.pin(sha256)
        finally:
            self._finishing -= 1
            if not self._finishing:
                spared, self._spared = self._spared, set()
                for one in spared:
                    self._let_go(one)
        return sha256

    def _let_go(self, sha256: str) -> None:
        if self._named[sha256] > 0 or self._pinned[sha256] > 0:
            return
        if self._finishing:
            self._spared.add(sha256)
            return
        del self._named[sha256], self._pinned[sha256]
        # What cannot be removed now is swept later; the store has noted why.
        self._blobs.remove(sha256).add_done_callback(Future.exception)
