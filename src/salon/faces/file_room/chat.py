"""The file room's client: one person in the lobby, with its shelf."""

import asyncio
from pathlib import Path

from salon import PORT
from salon.client import Client, connect, new_secret
from salon.client.address import Address
from salon.client.connection import reach
from salon.client.events import Event
from salon.client.feed import Listener
from salon.client.transfers import Job
from salon.core.names import LOBBY
from salon.core.text import printable
from salon.errors import BAD_NAME, BAD_SERVER, NAME_TAKEN, Refusal, SalonError, refuse
from salon.faces.arguments import port_number
from salon.faces.console.file_orders import Download, Files, Upload
from salon.faces.console.files import local_path
from salon.faces.file_room.orders import HELP, Help, Order, Quit, Say, order_of
from salon.faces.file_room.telling import Teller, shelf_lines, told_of
from salon.faces.program import Streams, caught, until_done
from salon.ground.tasks import Tasks

ASK_HOST = "Enter host: "
ASK_PORT = "Enter port: "
ASK_NAME = "Enter your name: "
DOWNLOADS = Path("downloads")
_THIS_MACHINE = "127.0.0.1"
_FLUSH_SECONDS = 1.0  # for the server to have on disk what was said last
_OTHER_NAME = (NAME_TAKEN.code, BAD_NAME.code)  # what another name helps against


class FileRoom:
    """From the questions to the goodbye."""

    def __init__(self, streams: Streams, host: str, port: int) -> None:
        self._streams = streams
        self._host = host
        self._port = port
        self._client: Client | None = None
        self._told: set[tuple[int, str]] = set()
        self._tasks = Tasks()
        self._turn = asyncio.Lock()
        self._sending: list[asyncio.Task[None]] = []
        self._telling: asyncio.Task[Refusal | None] | None = None

    async def talk(self) -> int:
        """Until the input ends, or `/quit`; the exit status. Raises SalonError where no server is there."""
        address = await self._ask_address()
        if address is None:
            return 0
        await reach(str(address))  # nobody should be asked for their name in vain
        client = await self._enter(str(address))
        if client is None:
            return 0
        client.transfers.changed = self._changed
        for line in HELP:
            self._write(line)
        telling = self._telling = self._tasks.start(caught(self._tell(client, client.events())))
        listening = self._tasks.start(caught(self._listen(client)))
        return await until_done(listening, telling)

    async def part(self) -> None:
        """Say goodbye, once the server has what was said. Raises SalonError where it does not have it.

        A file that is on its way stays where it is: sent or got again, it goes on from there.
        """
        try:
            if self._client is not None:
                await self._client.close(seconds=_FLUSH_SECONDS)
            if self._telling is not None:
                await self._telling  # what came before the goodbye
        finally:
            await self._tasks.close()

    def farewell(self) -> None:
        """Nothing more is said."""

    def _write(self, sentence: str) -> None:
        self._streams.out.write(printable(sentence))

    # coming in

    async def _ask_address(self) -> Address | None:
        """The server's; None where the input ends before. What is not answered is this machine, and 12345."""
        host: str | None = self._host or await self._ask(ASK_HOST)
        if host is None:
            return None
        host = host.strip() or _THIS_MACHINE
        port = self._port or await self._ask_port(host)
        return Address(host, port) if port else None

    async def _ask_port(self, host: str) -> int:
        """The port, or 0 at the end of the input. Raises SalonError for none such, where nobody can be asked again."""
        while (typed := await self._ask(ASK_PORT)) is not None:
            number = port_number(typed.strip()) if typed.strip() else PORT
            if number:
                return number
            refusal = refuse(BAD_SERVER, server=f"{host}:{printable(typed)}")
            if not self._streams.person:
                raise SalonError(refusal)
            self._write(refusal.message)
        return 0

    async def _enter(self, server: str) -> Client | None:
        """Come in under a name; None where the input ends before."""
        person, secret = self._streams.person, new_secret()
        while (name := await self._ask(ASK_NAME)) is not None:
            client = connect(server, name=name, secret=secret, rename=not person)
            try:
                await client.open()
            except SalonError as error:
                await client.close(flush=False)
                if not (person and error.refusal.code in _OTHER_NAME):
                    raise
                self._write(error.refusal.message)
                continue
            self._client = client
            if client.name != name.strip():
                self._write(f"You are called {client.name} here.")
            return client
        return None

    async def _ask(self, question: str) -> str | None:
        self._streams.out.write(question, end="")
        return await self._streams.next_line()

    # what the person wants

    async def _listen(self, client: Client) -> None:
        while (typed := await self._streams.next_line()) is not None:
            order = order_of(typed)
            if isinstance(order, Quit):
                return
            try:
                await self._obey(client, order)
            except SalonError as error:
                self._write(error.refusal.message)
        for sending in self._sending:
            await sending
        for job in client.transfers.jobs.values():
            await job.wait()

    async def _obey(self, client: Client, order: Order) -> None:
        if isinstance(order, Say):
            await client.post(order.text)
        elif isinstance(order, Upload):
            path = await asyncio.to_thread(local_path, order.path)
            self._sending.append(self._tasks.start(self._send(client, path)))
        elif isinstance(order, Download):
            await asyncio.to_thread(DOWNLOADS.mkdir, exist_ok=True)
            client.transfers.get(order.name, LOBBY, DOWNLOADS)
        else:
            await self._answer(client, order)

    async def _send(self, client: Client, path: Path) -> None:
        """One after the other: the shelf receives them in the order in which they were typed."""
        async with self._turn:
            await client.transfers.send(path, LOBBY).wait()

    async def _answer(self, client: Client, order: Files | Help | Quit | Refusal | None) -> None:
        lines: list[str] = []
        if isinstance(order, Files):
            lines = shelf_lines(await client.transfers.files(LOBBY))
        elif isinstance(order, Help):
            lines = list(HELP)
        elif isinstance(order, Refusal):
            lines = [order.message]
        for line in lines:
            self._write(line)

    # what happens

    def _changed(self, job: Job) -> None:
        line = told_of(job.look())
        if line and (job.number, line) not in self._told:
            self._told.add((job.number, line))
            self._write(line)

    async def _tell(self, client: Client, events: Listener[Event]) -> None:
        """Show what happens; whoever reads from us sets the pace."""
        teller = Teller(client.name)
        async for event in events:
            for line in teller.tell(event):
                self._streams.out.write(line)
            await self._streams.out.drain()
