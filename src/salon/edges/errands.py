"""What full clients ask of files on their chat connection."""

from __future__ import annotations

from salon.edges.connection import Connection
from salon.edges.parcels import Parcels
from salon.errors import NO_RAW_BYTES, PATH_ONLY, Refusal, refuse
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.hall.shelving import Opened
from salon.hall.uploads import Upload as Arrived
from salon.wire.answers import Ack, AckDocument
from salon.wire.dialect import Documents
from salon.wire.documents import Download, Upload
from salon.wire.files import FILE_IN_DOCUMENT_BYTES, Parcel, Raw, announcement, file_document


class Errands:
    """One session's. `room` is the one that a document without one means."""

    __slots__ = ("_dialect", "_parcels", "_session")

    def __init__(self, hall: Hall, session: Session, dialect: Documents) -> None:
        self._session = session
        self._dialect = dialect
        self._parcels = Parcels(hall, session)

    @property
    def expects(self) -> bool:
        """Whether raw bytes that come are wanted."""
        return self._parcels.expects

    @property
    def _carries(self) -> bool:
        """Whether this connection can carry files: a WebSocket holds documents alone."""
        return isinstance(self._session.outlet, Connection)

    async def upload(self, upload: Upload, room: str) -> None:
        def answer(outcome: Arrived | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self._refuse(outcome, upload.id)
            elif upload.id:
                ack = Ack(upload.id, outcome.note.shown, outcome.seq)
                self._session.reply(self._dialect.document(AckDocument(ack)))

        if upload.content is not None:
            await self._parcels.unpack(upload.room or room, upload.file_name, upload.content, answer)
        elif upload.file_size is None:
            self._refuse(refuse(PATH_ONLY, name=upload.file_name), upload.id)
        elif self._carries:
            await self._parcels.expect(upload.room or room, upload.file_name, upload.file_size, answer)
        else:
            self._refuse(refuse(NO_RAW_BYTES), upload.id)

    async def take(self, raw: Raw) -> None:
        await self._parcels.take(raw.data)

    async def give_up(self) -> None:
        await self._parcels.give_up()

    async def download(self, wish: Download, room: str) -> None:
        def wrap(opened: Opened) -> Parcel:
            raw = self._parcels.sends_raw or bool(wish.name and wish.room)
            if raw or opened.size > FILE_IN_DOCUMENT_BYTES:
                return announcement(opened.name, opened.size, wish.id)
            return file_document(opened.name, wish.id)

        refusal: Refusal | None = refuse(NO_RAW_BYTES)
        if self._carries:
            refusal = await self._parcels.send(wish.room or room, wish.file_name, wrap)
        if refusal is not None:
            self._refuse(refusal, wish.id)

    def _refuse(self, refusal: Refusal, command_id: str) -> None:
        self._session.reply(self._dialect.refused(refusal, command_id))
