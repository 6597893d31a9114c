"""A conversation with a full client: what each document of the vocabulary asks, done one after the other.

Commands for a room are passed on at once. A document that has to wait for the store (joining, history, lists) is worked
on alone.
"""

from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import Any

from salon.core.commands import ChangeTopic, Command, Delete, Edit, Say, Unshelve
from salon.core.limits import ID_CHARS, NAME_BYTES, SESSION_ROOMS
from salon.core.names import LOBBY, fold
from salon.edges import welcome
from salon.edges.errands import Errands
from salon.edges.questions import history, listing
from salon.edges.talk import Talk
from salon.errors import (
    ALREADY_CONNECTED,
    BAD_ID,
    INTERNAL,
    NOT_CONNECTED,
    NOT_JOINED,
    UNKNOWN_ROOM,
    VISITING,
    Refusal,
    SalonError,
    refuse,
)
from salon.hall.following import Follower
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.hall.signs import mark_read, tell_typing
from salon.wire import answers
from salon.wire.dialect import Documents
from salon.wire.documents import (
    Connect,
    Download,
    Exit,
    History,
    Join,
    Leave,
    List,
    Payload,
    Ping,
    Read,
    Refused,
    Typing,
    Upload,
)
from salon.wire.files import Raw
from salon.wire.passing import Passing, Reach, Request, Share, Supply, Withdraw

_TYPING_EVERY_MS = 1_000  # of one session; more often tells nobody anything new


class Conversation(Talk[Payload]):
    """The documents of one connection, in their order."""

    __slots__ = ("_dialect", "_errands", "_exit_id", "_main", "_named", "_typed")

    def __init__(self, hall: Hall, session: Session, dialect: Documents) -> None:
        super().__init__(hall, session)
        self._dialect = dialect
        self._main = LOBBY  # the room that documents without one mean
        self._named: dict[str, Follower] = {}  # rooms as this client spells them
        self._typed = 0
        self._exit_id = ""
        self._errands: Errands | None = None  # once a file is asked for

    def _handle(self, payload: Payload, size: float = 0) -> None:
        kind = type(payload)
        if kind in _COMMANDS and self.connected:
            self._command(payload, size)  # type: ignore[arg-type]
        elif len(payload.id) > ID_CHARS:
            self._refuse(refuse(BAD_ID, limit=ID_CHARS), "")
        elif not self.connected and kind not in (_VISITORS if self.visiting else _STRANGERS):
            self._refuse(refuse(VISITING if self.visiting else NOT_CONNECTED), payload.id)
        else:
            _HANDLERS[kind](self, payload)

    # rooms' commands: the hot path

    def _command(self, command: Command, size: float) -> None:
        if len(command.id) > ID_CHARS:
            self._refuse(refuse(BAD_ID, limit=ID_CHARS), "")
        elif isinstance(command, Say) and command.to:
            self._work(self._say_privately(command), command.id)
        elif (follower := self._named.get(command.room) or self._find(command.room)) is not None:
            self.session.took(1, size)
            self.hall.submitting.submit(follower.room, self.session, command)
        else:
            self._work(self._not_joined(command.room, command.id), command.id)

    def _find(self, raw_name: str) -> Follower | None:
        """The follower of the room that this client means, however it spells it."""
        name = raw_name or self._main
        follower = self.session.followers.get(fold(name.strip()))
        if follower is None:
            follower = next((f for f in self.session.followers.values() if f.room.view.name == fold(name)), None)
        if follower is not None and len(raw_name) <= NAME_BYTES and len(self._named) < SESSION_ROOMS:
            self._named[raw_name] = follower
        return follower

    async def _not_joined(self, room: str, command_id: str) -> None:
        found = await self.hall.find(self.session.person, room)
        known = not isinstance(found, Refusal)
        self._refuse(refuse(NOT_JOINED, room=room) if known else refuse(UNKNOWN_ROOM, room=room), command_id)

    async def _say_privately(self, say: Say) -> None:
        self.session.took(1, len(say.text))
        try:
            refusal = await self.hall.say_privately(self.session, say)
        except SalonError as error:
            refusal = error.refusal
        if refusal is not None:
            self.session.settle("", [(say, refusal)])

    # coming and going

    def _connect(self, connect: Connect) -> None:
        if self.connected or self.visiting:
            self._refuse(refuse(ALREADY_CONNECTED), connect.id)
        else:
            self._work(self._enter(connect), connect.id)

    async def _enter(self, connect: Connect) -> None:
        session = self.session
        name = welcome.name_of(connect)
        refusal = (
            await self.hall.enter(session, name, connect.client, rename=connect.rename, visit=connect.visit)
            if isinstance(name, str)
            else name
        )
        if refusal is not None:
            self._refuse(refusal, connect.id)
            return
        if connect.visit:
            self.visiting = True
            self._send(welcome.acknowledgement(self.hall, session, welcome.NOWHERE, connect.id))
            return
        self.connected = True
        with session.speaking_first():  # from the first: private words may come while the store is still being asked
            greeting = await welcome.start_followers(self.hall, session, connect)
            self._main = greeting.main
            self._send(welcome.acknowledgement(self.hall, session, greeting, connect.id))
            for refused in greeting.refusals:
                self._refuse(refused, connect.id)
            self._tell_who_listens()

    def _exit(self, document: Exit) -> None:
        self.ending = True
        self._exit_id = document.id
        self.session.when_quiet = self._say_goodbye
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        """Once it is settled what was said before, and heard."""
        if not self.session.unsettled:
            self.session.when_quiet = None
            self.hall.loop.call_soon(self._part)

    def _part(self) -> None:
        self._send(answers.ExitAckDocument(answers.ExitAck("Disconnected from the room.", self._exit_id)))
        self.session.outlet.close()

    def _join(self, join: Join) -> None:
        self._work(self._do_join(join), join.id)

    async def _do_join(self, join: Join) -> None:
        positions = await self.hall.asking.positions(self.session)
        with self.session.speaking_first():
            follower = await self.hall.join(self.session, join.room, join.since)
            if isinstance(follower, Refusal):
                self._refuse(follower, join.id)
            else:
                room = follower.room
                bounds = welcome.bounds_of(follower, positions.get(room.key, 0))
                ack = answers.Ack(join.id, room.view.name, bounds.seq, 0, bounds.first, bounds.read, room.state.topic)
                self._send(answers.AckDocument(ack))

    def _leave(self, leave: Leave) -> None:
        follower = self._find(leave.room)
        if follower is None:
            self._refuse(refuse(NOT_JOINED, room=leave.room), leave.id)
            return
        self._named.clear()
        self.hall.leave(self.session, follower)
        self._ack(leave.id, follower.room.view.name)

    # asking

    def _history(self, wish: History) -> None:
        self._work(self._answer(history(self.hall, self.session, wish, wish.room or self._main), wish.id), wish.id)

    def _list(self, wish: List) -> None:
        self._work(self._answer(listing(self.hall, self.session, wish, wish.room or self._main), wish.id), wish.id)

    async def _answer(self, work: Awaitable[answers.Document | Refusal], command_id: str) -> None:
        answer = await work
        if isinstance(answer, Refusal):
            self._refuse(answer, command_id)
        else:
            self._send(answer)

    # files

    def _upload(self, upload: Upload) -> None:
        self._work(self._open_errands().upload(upload, self._main), upload.id)

    def _download(self, wish: Download) -> None:
        self._work(self._open_errands().download(wish, self._main), wish.id)

    def _open_errands(self) -> Errands:
        if self._errands is None:
            self._errands = Errands(self.hall, self.session, self._dialect)
        return self._errands

    def _take(self, raw: Raw) -> None:
        if self._errands is not None and self._errands.expects:
            self._work(self._errands.take(raw))

    def gone(self) -> None:
        if self._errands is not None and self._errands.expects:
            self.hall.tasks.start(self._errands.give_up())

    def _pass_on(self, said: Passing) -> None:
        refusal = self.hall.requests.hear(self.session, said)
        if refusal is not None:
            self._refuse(refusal, said.id)
        elif not isinstance(said, Request):
            self._ack(said.id, "")

    # signs

    def _typing(self, typing: Typing) -> None:
        follower = self._find(typing.room)
        now = self.hall.clock()
        if follower is not None and not 0 <= now - self._typed < _TYPING_EVERY_MS:
            self._typed = now
            tell_typing(self.session, follower)

    def _read(self, read: Read) -> None:
        follower = self._find(read.room)
        if follower is None:
            self._refuse(refuse(NOT_JOINED, room=read.room), read.id)
            return
        done = mark_read(self.hall, self.session, follower, read.seq)
        name = follower.room.view.name
        if done is None:
            self._ack(read.id, name)
            return

        def kept(done: Future[None]) -> None:
            error = done.exception()
            if error is None:
                self._ack(read.id, name)
            else:
                self._refuse(error.refusal if isinstance(error, SalonError) else refuse(INTERNAL), read.id)
            self.session.done(1)

        self.session.took(1, 0)  # nobody may give the store more to do than it gets done
        done.add_done_callback(kept)

    def _ping(self, ping: Ping) -> None:
        self._send(answers.PongDocument(answers.Pong(ping.id)))

    def _refused(self, refused: Refused) -> None:
        self._refuse(refused.refusal, refused.id)

    # answering

    def _send(self, document: answers.Document) -> None:
        self.session.reply(self._dialect.document(document))

    def _ack(self, command_id: str, room: str) -> None:
        if command_id:
            self._send(answers.AckDocument(answers.Ack(command_id, room)))


_COMMANDS = frozenset((Say, Edit, Delete, ChangeTopic, Unshelve))
_STRANGERS = frozenset((Connect, Ping, Exit, Raw, Refused))  # what may be said before one has a name
_VISITORS = _STRANGERS | {Request, Withdraw}
_HANDLERS: dict[type, Callable[[Conversation, Any], None]] = {
    Connect: Conversation._connect,
    Exit: Conversation._exit,
    Join: Conversation._join,
    Leave: Conversation._leave,
    History: Conversation._history,
    List: Conversation._list,
    Upload: Conversation._upload,
    Raw: Conversation._take,
    Download: Conversation._download,
    Typing: Conversation._typing,
    Read: Conversation._read,
    Ping: Conversation._ping,
    Refused: Conversation._refused,
    **dict.fromkeys((Share, Request, Supply, Reach, Withdraw), Conversation._pass_on),
}
