"""The lab chat's client: one person in one room, over one connection.

It speaks the lab's documents, which every server of that lab understands, and adds what Salon understands besides: the
version, and with it texts of any length as they were typed, no pauses between documents, and a name that is refused
rather than changed where somebody can be asked for another. Who does not know these fields passes over them.
"""

import asyncio

from salon.client import new_secret
from salon.client.address import Address
from salon.core.names import LOBBY, room_name
from salon.core.text import printable
from salon.errors import BAD_NAME, NAME_TAKEN, Refusal, SalonError, retold
from salon.faces.lab.files import Files
from salon.faces.lab.line import Line, open_line
from salon.faces.lab.orders import Download, Exit, Order, Say, Upload, order_of
from salon.faces.lab.telling import Heard, Teller
from salon.faces.program import Streams, caught, until_done
from salon.ground.tasks import Tasks
from salon.wire.answers import Error

ASK_NAME = "Enter your name: "
ASK_ROOM = "Enter the room: "
_VERSION = 1  # of Salon's vocabulary
_OTHER_NAME = (NAME_TAKEN.code, BAD_NAME.code)  # what another name helps against


class LabChat:
    """From the two questions to the goodbye."""

    def __init__(self, streams: Streams, address: Address, *, encoding: str = "", clean: bool = False) -> None:
        self._streams = streams
        self._address = address
        self._tasks = Tasks()
        self._line: Line | None = None
        self._telling: asyncio.Task[Refusal | None] | None = None
        self._room = LOBBY
        self._teller = Teller("")
        self._files = Files(encoding, self._write)
        self._clean = clean

    async def talk(self) -> int:
        """Until the input ends, or `exit`; the exit status. Raises SalonError where no server is there, or it goes."""
        line = self._line = await open_line(self._address)  # nobody should be asked for their name in vain
        if not await self._enter(line):
            return 0
        telling = self._telling = self._tasks.start(caught(self._tell(line)))
        listening = self._tasks.start(caught(self._listen(line)))
        return await until_done(listening, telling)

    async def part(self) -> None:
        """Say goodbye and hear it answered: all that was said before is the server's then."""
        try:
            line, telling = self._line, self._telling
            if line is not None and telling is not None and not (telling.done() or line.midway):
                await line.say("exit")
                await telling
        finally:
            if self._line is not None:
                self._line.close()
            await self._tasks.close()
            if self._clean:
                await asyncio.to_thread(self._files.media.remove)

    def farewell(self) -> None:
        """The server's is shown already."""

    # coming in

    async def _enter(self, line: Line) -> bool:
        """Come into a room under a name; False where the input ends before."""
        name = await self._ask(ASK_NAME)
        if name is None or not await self._choose_room():
            return False
        secret = new_secret()
        while name is not None:
            rename = not self._streams.person
            await line.say("connect", name=name, room=self._room, version=_VERSION, client=secret, rename=rename)
            answer = await self._answer(line)
            if answer.type == "connect_ack":
                self._greet(answer, name)
                return True
            self._show(answer)
            name = await self._ask(ASK_NAME)
        return False

    async def _answer(self, line: Line) -> Heard:
        """What became of `connect`. Raises SalonError where another name would not help."""
        answer = await line.hear()
        while answer.type not in ("connect_ack", "error"):
            self._show(answer)
            answer = await line.hear()
        code = answer.text("code")
        if answer.type == "error" and not (self._streams.person and code in _OTHER_NAME):
            raise SalonError(retold(Error(code, answer.sentence)))
        return answer

    def _greet(self, answer: Heard, name: str) -> None:
        self._show(answer)
        self._teller.me = self._files.me = answer.text("name") or name
        self._files.room = self._room
        limits = answer.payload.get("limits")
        self._files.limit = limits.get("file_bytes", 0) if isinstance(limits, dict) else 0
        if self._teller.me != name.strip():
            self._write(f"You are called {self._teller.me} here.")

    async def _choose_room(self) -> bool:
        """Ask for the room until it can be one; False at the end of the input. Raises SalonError if nobody is asked."""
        while (typed := await self._ask(ASK_ROOM)) is not None:
            room = room_name(typed) if typed.strip() else LOBBY
            if isinstance(room, str):
                self._room = room
                return True
            if not self._streams.person:
                raise SalonError(room)
            self._write(room.message)
        return False

    async def _ask(self, question: str) -> str | None:
        self._streams.out.write(question, end="")
        return await self._streams.next_line()

    # talking

    async def _listen(self, line: Line) -> None:
        while (typed := await self._streams.next_line()) is not None:
            order = order_of(typed)
            if isinstance(order, Exit):
                break
            await self._obey(line, order)
        await self._files.all_here(line)

    async def _obey(self, line: Line, order: Order) -> None:
        try:
            if isinstance(order, Say):
                await line.say("message", sender=self._teller.me, room=self._room, text=order.text)
            elif isinstance(order, Upload):
                await self._files.send(line, order.path)
            elif isinstance(order, Download):
                await self._files.ask(line, order.name)
        except SalonError as error:
            if line.lost:
                raise
            self._write(error.refusal.message)

    async def _tell(self, line: Line) -> None:
        """Show what the server says, until its goodbye; whoever reads from us sets the pace."""
        document = Heard()
        while document.type != "exit_ack":
            document = await line.hear()
            self._show(document)
            await self._files.take(line, document)
            await self._streams.out.drain()

    def _show(self, document: Heard) -> None:
        for line in self._teller.tell(document):
            self._streams.out.write(line)

    def _write(self, sentence: str) -> None:
        self._streams.out.write(printable(sentence))
