"""SHA-256 of what comes or is read, in a thread of its own."""

from __future__ import annotations

import hashlib

from salon.client.transfers.pump import UNDONE_BYTES, Data, Pump
from salon.core.limits import KIB

_PIECE_BYTES = 512 * KIB
_PIECES = UNDONE_BYTES // _PIECE_BYTES


class Hashing:
    """A hash that is worked out beside whoever brings the bytes. Fed from one place: a thread, or the loop."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._pump = Pump(self._hash.update)
        self._memory: list[memoryview] = []
        self._turn = 0

    def piece(self) -> memoryview:
        """Memory for bytes that come next, to be `put` once they stand in it. Blocks until the hash has kept up.

        The same few pieces go round: new memory for each would cost as much as to receive what it is for.
        """
        self._pump.wait(_PIECES)
        if not self._memory:
            self._memory = [memoryview(bytearray(_PIECE_BYTES)) for _ in range(_PIECES)]
        self._turn = (self._turn + 1) % _PIECES
        return self._memory[self._turn]

    def put(self, data: Data) -> None:
        """Bytes that come next."""
        self._pump.put(data)

    async def room(self) -> None:
        """Wait on a loop until the hash has kept up."""
        await self._pump.room()

    def settle(self) -> str:
        """The hash of all of it. Blocks until it is worked out."""
        self._pump.settle()
        return self._hash.hexdigest()
