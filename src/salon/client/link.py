"""The link to a server: dialled, watched over, dialled again after every cut until it is closed."""

import asyncio
import secrets
from typing import Protocol

from salon.client.address import Address
from salon.client.backoff import Backoff
from salon.client.connection import Connection, open_connection
from salon.errors import LOST_SERVER, NO_SERVER, SENT_OUT, SalonError, refuse, retold
from salon.ground.tasks import Tasks
from salon.wire.answers import AnyDocument, ConnectAck, ConnectAckDocument, ErrorDocument
from salon.wire.documents import Connect, Exit, Ping, encode

GREETING_SECONDS = 15.0  # a server to which a thousand clients come back at once takes its time
SILENCE_SECONDS = 20.0  # then the server is asked for a sign; as long again without one, and the line is dead
GOODBYE_SECONDS = 2.0
_GREETING = "connect"  # the id of the first document


class Host(Protocol):
    """Whoever a link is for."""

    def hello(self) -> Connect:
        """The first document of a connection."""

    def greeted(self, ack: ConnectAck, connection: Connection) -> None:
        """The server knows us. Called before anything else of this connection is given to `take`."""

    def take(self, document: AnyDocument) -> None:
        """A document. Raises Hole where entries are missing before it."""

    def lost(self, why: str) -> None:
        """The line is gone, or an attempt to find it again failed."""

    def ended(self, error: SalonError) -> None:
        """The line is gone and will not be looked for."""


class Link:
    """Keeps at most one connection. `silence` is in seconds."""

    def __init__(self, address: Address, host: Host, *, reconnect: bool, silence: float = SILENCE_SECONDS) -> None:
        self.address = address
        self._host = host
        self._reconnect = reconnect
        self._silence = silence
        self._tasks = Tasks()
        self._backoff = Backoff(lambda: secrets.randbelow(1 << 20) / (1 << 20))
        self._dialled: Connection  # the newest, also before the server has answered it
        self._connection: Connection | None = None
        self._greeting: asyncio.Future[None]
        self._cut: asyncio.Future[str]  # why the newest connection ended
        self._hold = False
        self._sent_out: SalonError | None = None  # by the operator

    @property
    def up(self) -> bool:
        return self._connection is not None and not self._connection.over

    def write(self, data: bytes) -> None:
        """Send it now, or not at all."""
        if self._connection is not None:
            self._connection.write(data)

    def hold(self, wanted: bool) -> None:
        """Read nothing from the line while this is wanted."""
        self._hold = wanted
        if self._connection is not None:
            self._connection.hold(wanted)

    async def open(self) -> None:
        """Reach the server for the first time. Raises SalonError where it cannot be reached, or refuses us."""
        await self._dial()
        self._tasks.start(self._keep())

    async def close(self, seconds: float = GOODBYE_SECONDS) -> None:
        """Say goodbye and wait until the server has heard it, so many seconds at most."""
        await self._tasks.close()
        if self._connection is not None and not self._connection.over:
            self._connection.hold(False)
            self._connection.write(encode(Exit()))
            await asyncio.wait([self._cut], timeout=seconds)
            self._connection.close()

    # one connection

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        self._cut = loop.create_future()
        greeting = self._greeting = loop.create_future()
        connection = await open_connection(self.address, self._receive, self._line_lost)
        try:
            self._dialled = connection
            connection.write(encode(self._host.hello()))
            await asyncio.wait([greeting, self._cut], timeout=GREETING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not greeting.done():
                why = self._cut.result() if self._cut.done() else "it does not answer"
                raise SalonError(refuse(NO_SERVER, server=self.address, why=why))
            greeting.result()
        except BaseException:
            connection.close()
            raise

    def _receive(self, document: AnyDocument) -> None:
        greeting = self._greeting
        if greeting.done():
            if isinstance(document, ErrorDocument) and document.payload.code == SENT_OUT.code:
                self._sent_out = SalonError(retold(document.payload))
            self._host.take(document)
        elif isinstance(document, ConnectAckDocument):
            self._connection = self._dialled
            self._connection.hold(self._hold)
            self._host.greeted(document.payload, self._dialled)
            greeting.set_result(None)
        elif isinstance(document, ErrorDocument):
            greeting.set_exception(SalonError(retold(document.payload)))
        else:
            self._host.take(document)  # a gap of a room whose history is another one now comes before the answer

    def _line_lost(self, why: str) -> None:
        if not self._cut.done():
            self._cut.set_result(why)

    # again and again

    async def _keep(self) -> None:
        while True:
            why = await self._until_cut()
            if self._sent_out is not None:  # to come back at once would be to argue
                self._host.ended(self._sent_out)
                return
            if not self._reconnect:
                self._host.ended(SalonError(refuse(LOST_SERVER, server=self.address)))
                return
            if not self._dialled.faulty:
                self._backoff.reset()
            self._host.lost(why)
            await self._find_again()

    async def _until_cut(self) -> str:
        """Wait until the line breaks, or is so silent that it must be dead; why."""
        cut, connection = self._cut, self._dialled
        heard, asked = connection.heard, False
        while not cut.done():
            await asyncio.wait([cut], timeout=self._silence)
            if connection.heard != heard or connection.held:
                heard, asked = connection.heard, False
            elif asked:
                connection.abort("it fell silent")
            else:
                asked = True
                connection.write(encode(Ping()))
        return cut.result()

    async def _find_again(self) -> None:
        while True:
            await asyncio.sleep(self._backoff.next())
            try:
                await self._dial()
            except SalonError as error:
                self._host.lost(error.refusal.message)
            else:
                return
