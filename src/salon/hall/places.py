"""Places for documents that are larger than others, because they hold a file: so many at once in the server."""

from typing import Protocol

from salon.core.limits import DOCUMENT_BYTES, FILE_DOCUMENT_BYTES, FILE_DOCUMENTS, STALLED_SECONDS
from salon.errors import DOCUMENTS_FULL, TOO_SLOW, Refusal, refuse


class Reader(Protocol):
    """What takes the documents of a connection apart."""

    limit: int

    @property
    def held(self) -> int:
        """Bytes of a document that is not whole yet."""

    @property
    def brings_file(self) -> bool:
        """Whether that document looks as if it held a file."""


class Holder(Protocol):
    """A connection that may have such a document."""

    @property
    def taken_up(self) -> bool:
        """Whether it has one still, half read or being worked on."""

    @property
    def working(self) -> bool:
        """Whether it is being worked on."""

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it."""


class Places:
    """Who has one. `clock` in seconds."""

    def __init__(self) -> None:
        self._heard: dict[Holder, float] = {}  # when each went on last

    def fits(self, holder: Holder, reader: Reader, size: int, now: float) -> Refusal | None:
        """Whether so many bytes more may be read; raises the reader's limit where they need a place and get one.

        A place is nobody's for good: who stands still in the middle loses it to whoever comes next.
        """
        if reader.limit > DOCUMENT_BYTES and reader.held <= DOCUMENT_BYTES:
            reader.limit = DOCUMENT_BYTES  # that document is through
        if reader.held + size <= DOCUMENT_BYTES or not reader.brings_file:
            return None
        if holder not in self._heard and not self._free(now):
            return refuse(DOCUMENTS_FULL, limit=FILE_DOCUMENTS)
        self._heard[holder] = now
        reader.limit = FILE_DOCUMENT_BYTES
        return None

    def _free(self, now: float) -> bool:
        for holder, heard in list(self._heard.items()):
            if not holder.taken_up:
                del self._heard[holder]
            elif now - heard > STALLED_SECONDS and not holder.working:
                del self._heard[holder]
                holder.refuse(refuse(TOO_SLOW, seconds=STALLED_SECONDS))
        return len(self._heard) < FILE_DOCUMENTS
