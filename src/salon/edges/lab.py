"""Clients that others wrote for the lab, on a TCP connection: answered in the form in which they write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from salon.core.commands import Say
from salon.core.limits import DOCUMENT_BYTES, HIGH_WATER
from salon.core.names import LOBBY, mend_person_name, room_name
from salon.edges.connection import Connection
from salon.edges.pacing import Pacer
from salon.edges.parcels import Parcels
from salon.edges.talk import Talk
from salon.errors import NOT_CONNECTED, PATH_ONLY, TOO_LARGE, Refusal, refuse
from salon.hall.following import Follower
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.hall.shelving import Opened
from salon.hall.uploads import Upload as Arrived
from salon.wire.documents import Refused
from salon.wire.files import FILE_IN_DOCUMENT_BYTES, Parcel, Raw
from salon.wire.lab.forms import Form
from salon.wire.lab.reading import Asked, Download, Enter, Goodbye, LabReader, Upload
from salon.wire.lab.writing import Lab, dialect_of


class LabConnection(Connection):
    """One such client: its bytes into its conversation, and answers at the pace that it can follow."""

    __slots__ = ("_pacer", "_reader")

    def __init__(self, hall: Hall) -> None:
        dialect = dialect_of(Form())
        session = Session(self, dialect)
        super().__init__(hall, session, LabTalk(hall, session, dialect, self.finish))
        self._reader = LabReader()
        self._pacer: Pacer | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transport.set_write_buffer_limits(high=0)  # a document is sent when the one before it is away
        self._pacer = Pacer(self._session, self._transport)

    @property
    def _large(self) -> bool:
        return self._reader.held > DOCUMENT_BYTES

    def data_received(self, data: bytes) -> None:
        if not self._fits(self._reader, len(data)):
            return
        undecided = self._reader.form is None
        asked = self._reader.feed(data)
        if undecided and self._reader.form is not None:
            self._answer_in(self._reader.form)
        self._talk.receive(asked, len(data))
        if self._reader.broken is not None:
            self.refuse(self._reader.broken)

    def _answer_in(self, form: Form) -> None:
        talk = self._talk
        assert isinstance(talk, LabTalk)  # noqa: S101
        talk.dialect = self._session.dialect = dialect_of(form)
        if not form.paced:
            self._pacer = None
            self._transport.set_write_buffer_limits(high=HIGH_WATER)

    def pause_writing(self) -> None:
        if self._pacer is None:
            super().pause_writing()
            return
        self._pacer.pause()
        if self._cargo is not None:
            self._cargo.full()

    def resume_writing(self) -> None:
        if self._pacer is None:
            super().resume_writing()
            return
        if self._cargo is not None:
            self._cargo.proceed()
        self._pacer.resume()

    def connection_lost(self, error: Exception | None) -> None:
        if self._pacer is not None:
            self._pacer.stop()
        super().connection_lost(error)

    def write(self, data: bytes) -> None:
        if self._pacer is not None and self._cargo is None:
            self._pacer.write(data)
        else:
            super().write(data)

    async def _lead(self, documents: bytes) -> None:
        if self._pacer is None:
            await super()._lead(documents)
            return
        await self._pacer.rest()
        if documents:
            self._pacer.write(documents)
            await self._pacer.rest()

    def _follow(self, aside: list[bytes]) -> None:
        if self._pacer is None:
            super()._follow(aside)
            return
        self._pacer.breathe()
        for documents in aside:
            self._pacer.write(documents)

    def close(self) -> None:
        if self._pacer is not None and self._cargo is None:
            asyncio.get_running_loop().call_soon(self._pacer.hurry)
        else:
            super().close()

    def finish(self) -> None:
        """Nothing more comes from the rooms; what is due still comes at its pace."""
        for follower in list(self._session.followers.values()):
            self._hall.leave(self._session, follower)
        if self._pacer is not None:
            asyncio.get_running_loop().call_soon(self._pacer.end)
        else:
            super().close()


class LabTalk(Talk[Asked]):
    """What one such client asks. It is in one room at a time; a second `connect` moves it."""

    __slots__ = ("_finish_connection", "_here", "_parcels", "dialect")

    def __init__(self, hall: Hall, session: Session, dialect: Lab, finish: Callable[[], None]) -> None:
        super().__init__(hall, session)
        self.dialect = dialect
        self._finish_connection = finish
        self._here: Follower | None = None
        self._parcels: Parcels | None = None  # once there is one

    def gone(self) -> None:
        if self._parcels is not None and self._parcels.expects:
            self.hall.tasks.start(self._parcels.give_up())

    def _handle(self, asked: Asked, size: float = 0) -> None:
        if not self.ending:
            _HANDLERS[type(asked)](self, asked)

    # coming and going

    def _enter(self, wish: Enter) -> None:
        self._work(self._do_enter(wish))

    async def _do_enter(self, wish: Enter) -> None:
        session = self.session
        room = room_name(wish.room.strip() or LOBBY)
        if isinstance(room, Refusal):
            self._refuse(room)
            return
        new = not self.connected
        if new:  # nobody can be asked for another name
            refusal = await self.hall.enter(session, mend_person_name(wish.name), "", rename=True)
            if refusal is not None:
                self._refuse(refusal)
                return
            self.connected = True
        with session.speaking_first():
            follower = await self.hall.join(session, room, None)
            if isinstance(follower, Refusal):
                self._refuse(follower)
                return
            if self._here is not None and self._here is not follower:
                self.hall.leave(session, self._here)
            self._here = follower
            session.reply(self.dialect.acknowledged("connect_ack", "Connected to the room."))
            if new and session.person.name != wish.name:
                session.reply(self.dialect.told(f"You are called {session.person.name} here."))
            if new:
                self._tell_who_listens()

    def _exit(self, _goodbye: Goodbye) -> None:
        self.ending = True
        self.session.reply(self.dialect.acknowledged("exit_ack", "Disconnected from the room."))
        self.session.closed_for_input()
        self._finish_connection()

    # talking

    def _say(self, say: Say) -> None:
        if self._here is None:
            self._refuse(refuse(NOT_CONNECTED), say.id)
            return
        self.session.took(1, len(say.text))
        self.hall.submit(self.session, self._here, say)

    # files

    def _upload(self, upload: Upload) -> None:
        if upload.path_only:
            self._refuse(refuse(PATH_ONLY, name=upload.name))
        elif self._here is None:
            self._refuse(refuse(NOT_CONNECTED))
        else:
            room, parcels = self._here.room.view.name, self._open_parcels()
            if upload.content is not None:
                self._work(parcels.unpack(room, upload.name, upload.content, self._answer))
            else:
                self._work(parcels.expect(room, upload.name, upload.size, self._answer))

    def _open_parcels(self) -> Parcels:
        if self._parcels is None:
            self._parcels = Parcels(self.hall, self.session)
        return self._parcels

    def _answer(self, outcome: Arrived | Refusal) -> None:
        """That a file is there, the room tells everybody."""
        if isinstance(outcome, Refusal):
            self._refuse(outcome)

    def _take(self, raw: Raw) -> None:
        if self._parcels is not None and self._parcels.expects:
            self._work(self._parcels.take(raw.data))

    def _download(self, wish: Download) -> None:
        if self._here is None:
            self._refuse(refuse(NOT_CONNECTED))
        else:
            self._work(self._send(self._here.room.view.name, wish))

    async def _send(self, room: str, wish: Download) -> None:
        refusal = await self._open_parcels().send(room, wish.name, lambda opened: self._wrap(wish, opened))
        if refusal is not None:
            self.session.reply(self.dialect.withheld(refusal, raw=wish.raw))

    def _wrap(self, wish: Download, opened: Opened) -> Parcel | Refusal:
        if wish.raw:
            return self.dialect.announces(wish.words, opened.name, opened.size)
        if opened.size > FILE_IN_DOCUMENT_BYTES:  # who takes no raw bytes would take them for documents
            return refuse(TOO_LARGE, name=opened.name, limit=FILE_IN_DOCUMENT_BYTES)
        return self.dialect.brings(wish.words, opened.name, opened.size)

    def _refused(self, refused: Refused) -> None:
        self._refuse(refused.refusal, refused.id)


_HANDLERS: dict[type, Callable[[LabTalk, Any], None]] = {
    Enter: LabTalk._enter,
    Goodbye: LabTalk._exit,
    Say: LabTalk._say,
    Upload: LabTalk._upload,
    Raw: LabTalk._take,
    Download: LabTalk._download,
    Refused: LabTalk._refused,
}
