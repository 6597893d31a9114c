"""What goes out over UDP, as the operator sees it: one transfer per file and person, however many fetches it takes.

Whoever halts on the way closes the connection, so that it costs nothing; the transfer stays in sight for a while.
"""

from __future__ import annotations

from collections.abc import Callable

from salon.core.limits import HALTED, HALTED_SECONDS
from salon.hall.openings import Opening
from salon.hall.shelving import Opened
from salon.hall.transfers import UDP, Transfer, Transfers

_Who = str | int


class Sending:
    """Transfers that move, by opening, and those that stand still, by person and file."""

    def __init__(self, transfers: Transfers, clock: Callable[[], int]) -> None:
        self._transfers = transfers
        self._clock = clock
        self._moving: dict[Opening, dict[str, Transfer]] = {}
        self._halted: dict[tuple[_Who, str], tuple[Transfer, int]] = {}  # and since when, the longest first

    def begin(self, opening: Opening, opened: Opened, offset: int) -> Callable[[int], None]:
        """Bytes from here on go to this opening; what to call with how many did."""
        mine = self._moving.setdefault(opening, {})
        transfer = mine.get(opened.sha256)
        if transfer is None:
            transfer = mine[opened.sha256] = self._resume(opening, opened, offset) or self._transfers.begin(
                opening.person.name or opening.where,
                opened.name,
                place=opened.shown,
                size=opened.size,
                offset=offset,
                path=UDP,
                private=opened.private,
            )

        def moved(size: int) -> None:
            transfer.offset = min(transfer.offset + size, transfer.size)

        return moved

    def _resume(self, opening: Opening, opened: Opened, offset: int) -> Transfer | None:
        """The transfer that stood still, where this goes on with it."""
        transfer, _ = self._halted.pop((opening.who, opened.sha256), (None, 0))
        if transfer is not None and transfer.offset == offset:
            self._transfers.proceed(transfer)
            return transfer
        if transfer is not None:
            self._transfers.end(transfer)
        return None

    def finish(self, opening: Opening, opened: Opened) -> None:
        """The other side has all of it."""
        transfer = self._moving.get(opening, {}).pop(opened.sha256, None)
        if transfer is not None:
            transfer.offset = transfer.size
            self._transfers.end(transfer)

    def halt(self, opening: Opening, opened: Opened, offset: int, last_byte: int | None) -> None:
        """The other side has all to here, and will ask for the rest when it likes."""
        transfer = self._moving.get(opening, {}).pop(opened.sha256, None)
        if transfer is not None:
            self.sweep()
            transfer.offset = offset
            self._transfers.halt(transfer, last_byte)
            self._halted[opening.who, opened.sha256] = transfer, self._clock()

    def leave(self, opening: Opening) -> None:
        """The connection is over, and with it what still moved there."""
        for transfer in self._moving.pop(opening, {}).values():
            self._transfers.end(transfer)

    def sweep(self) -> None:
        """Forget who has stood still for too long."""
        oldest = self._clock() - HALTED_SECONDS * 1000
        for key, (transfer, since) in list(self._halted.items()):
            if since > oldest and len(self._halted) < HALTED:
                break
            del self._halted[key]
            self._transfers.end(transfer)
