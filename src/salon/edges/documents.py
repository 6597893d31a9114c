"""JSON documents on a TCP connection."""

from __future__ import annotations

from salon.core.limits import DOCUMENT_BYTES
from salon.edges.connection import Connection
from salon.edges.conversation import Conversation
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.wire.dialect import DOCUMENTS
from salon.wire.documents import DocumentReader


class DocumentsConnection(Connection):
    """One full client on TCP: its bytes into its conversation."""

    __slots__ = ("_reader",)

    def __init__(self, hall: Hall) -> None:
        session = Session(self, DOCUMENTS)
        super().__init__(hall, session, Conversation(hall, session, DOCUMENTS))
        self._reader = DocumentReader()

    @property
    def _large(self) -> bool:
        return self._reader.held > DOCUMENT_BYTES

    def data_received(self, data: bytes) -> None:
        if not self._fits(self._reader, len(data)):
            return
        payloads = self._reader.feed(data)
        if payloads:
            self._talk.receive(payloads, len(data))
        if self._reader.broken is not None:
            self.refuse(self._reader.broken)
