"""The menu chat's client: one person, in the lobby, with the menu before them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from salon.client import Client, Gap, Message, connect
from salon.client.connection import reach
from salon.client.events import Event, Refused
from salon.client.transfers.progress import State
from salon.core.names import fold, mend_person_name
from salon.core.text import printable
from salon.errors import Refusal, SalonError
from salon.faces.menu.files import line_of
from salon.faces.menu.options import MENU, Leave, Menu, Request, Say, Wish
from salon.faces.program import Streams, caught, until_done
from salon.ground.tasks import Tasks

if TYPE_CHECKING:
    from salon.client.transfers import Job

ASK_NAME = "Enter your name:"
GOODBYE = "closing your sockets...goodbye"
RECENT_SECONDS = 5  # of the past for a newcomer: who starts at the same moment misses nobody's first words
_FLUSH_SECONDS = 1.0  # for the server to have on disk what was said last
_FILES_SECONDS = 0.4  # for files that are all but here


class MenuChat:
    """From the name to the goodbye. Only the conversation itself goes to standard output.

    Files pass from the folder where it was started, and to there. `port` is where others come for them.
    """

    def __init__(self, streams: Streams, server: str, port: int) -> None:
        self._streams = streams
        self._server = server
        self._port = port
        self._menu = Menu()
        self._name = ""  # as it was asked for
        self._client: Client | None = None
        self._folder = Path.cwd()
        self._jobs: list[Job] = []
        self._cut: set[int] = set()  # those of which it was said that somebody is waited for
        self._tasks = Tasks()
        self._telling: asyncio.Task[Refusal | None] | None = None

    async def talk(self) -> int:
        """Until the input ends, or `x`; the exit status. Raises SalonError where the server is not there, or goes."""
        await reach(self._server)  # nobody should be asked for their name in vain
        if self._streams.person:
            self._streams.err.write(ASK_NAME)
        name = await self._streams.next_line()
        if name is None:
            return 0
        client = await self._enter(name)
        self._streams.out.write(MENU)
        telling = self._telling = self._tasks.start(caught(self._tell(client)))
        listening = self._tasks.start(caught(self._listen(client)))
        return await until_done(listening, telling)

    async def part(self) -> None:
        """Wait until the server has what was said, and say goodbye. Raises SalonError where it does not have it."""
        client = self._client
        if client is None:
            return
        await self._await_files()
        try:
            await client.close(seconds=_FLUSH_SECONDS)
            if self._telling is not None:
                await self._telling  # what came before the goodbye
        finally:
            await self._tasks.close()

    def farewell(self) -> None:
        self._streams.out.write(GOODBYE)

    async def _enter(self, name: str) -> Client:
        client = self._client = connect(
            self._server,
            name=name,
            secret="",  # nobody who comes back: the name is free again as soon as this program is gone
            recent=RECENT_SECONDS,
            rename=True,
            share=self._folder,
            listen=self._port,
            reconnect=False,
        )
        self._name = mend_person_name(name)
        client.transfers.changed = self._file_changed
        await client.open()
        if client.trouble:
            self._note(client.trouble)
        if client.name != name.strip():
            self._note(f"You are called {client.name} here.")
        return client

    def _note(self, sentence: str) -> None:
        self._streams.err.write(printable(sentence))

    # what the person wants

    async def _listen(self, client: Client) -> None:
        while (line := await self._streams.next_line()) is not None:
            wish, shown = self._menu.hear(line)
            if isinstance(wish, Leave):
                return
            await self._grant(client, wish)
            self._streams.out.write(shown)

    async def _grant(self, client: Client, wish: Wish) -> None:
        if isinstance(wish, Request):
            self._jobs.append(client.transfers.request(wish.owner, wish.name, self._folder, replace=True))
        elif isinstance(wish, Say):
            try:
                await client.post(wish.text)
            except SalonError as error:
                if not client.connected:
                    raise
                self._note(error.refusal.message)

    # files

    def _file_changed(self, job: "Job") -> None:
        if job.number in self._cut and not job.look().state.over:
            return  # that one is waited for was said
        if job.look().state is State.CUT:
            self._cut.add(job.number)
        line = line_of(job.look())
        if line:
            self._note(line)

    async def _await_files(self) -> None:
        """Let those end that are about to; what is not done then stays, to be gone on with."""
        moving = [self._tasks.start(job.wait()) for job in self._jobs if not job.look().state.over]
        if moving:
            await asyncio.wait(moving, timeout=_FILES_SECONDS)

    # what the others say

    async def _tell(self, client: Client) -> None:
        async for event in client.events():
            self._show(client, event)
            await self._streams.out.drain()

    def _show(self, client: Client, event: Event) -> None:
        if isinstance(event, Message):
            if not (event.redacted or self._own(client, event)):
                self._streams.out.write(printable(f"{event.sender}: {event.text}"))
        elif isinstance(event, Gap):
            self._note(event.why)
        elif isinstance(event, Refused):
            self._note(event.refusal.message)

    def _own(self, client: Client, message: Message) -> bool:
        """Whether one said it oneself, or somebody of the name one asked for did before one came."""
        past = message.seq <= client.room.mirror.entered
        return fold(message.sender) == fold(self._name if past else client.name)
