"""A server over HTTP by the standard library, a thread for each request.

What downloads need: to start fast and to receive fast. aiohttp takes longer to load than a small file to come, and
hands out what comes in small pieces on the loop; here a thread receives, and nothing else holds it up.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple, Self, TypeVar
from urllib.parse import quote

import msgspec

from salon.client.address import Address
from salon.client.reasons import reason
from salon.client.transfers.access import Access
from salon.client.transfers.files import File
from salon.client.transfers.part import Part
from salon.client.transfers.refusals import refused, strange
from salon.client.transfers.trouble import Cut
from salon.core.limits import KIB, MIB
from salon.errors import LOST_SERVER, NO_SERVER, SalonError, refuse

CONNECT_SECONDS = 5.0
_READ_BYTES = 64 * KIB
_ANSWER_BYTES = 64 * KIB  # a refusal, or where to go on
_LIST_BYTES = 64 * MIB  # a list of a hundred thousand files
Result = TypeVar("Result")


class Answer(NamedTuple):
    """A whole one."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Plain:
    """One server's HTTP side, for one person.

    silence  seconds without a byte after which a line is given up
    reached  whether it has ever answered
    found    the host's address that answered last
    """

    def __init__(self, address: Address, access: Access, silence: float) -> None:
        self.address = address
        self.silence = silence
        self.reached = False
        self.found = ""
        self._access = access

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, most: int = _ANSWER_BYTES
    ) -> Answer:
        """A request with an answer of so many bytes at most. Raises Cut where the line breaks, or SalonError."""
        async with self.request(method, path, headers) as response:
            return Answer(response.status, response.headers, await response.body(most))

    async def files(self, room: str) -> list[File]:
        """A room's files, newest first, then the operator's library. Raises Cut or SalonError."""
        answer = await self.ask("GET", path_of("rooms", room, "files"), most=_LIST_BYTES)
        if answer.status != 200:
            raise refused(self.address, answer.status, answer.body)
        try:
            return msgspec.json.decode(answer.body, type=list[File])
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise SalonError(strange(self.address)) from error

    @asynccontextmanager
    async def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Response]:
        """The answer to a request. Raises Cut where the line breaks, here or while the answer is read."""
        try:
            with Response(self, await self._dial()) as response:
                await response.begin(method, path, {**self._access.headers(), **(headers or {})})
                self.reached = True
                yield response
        except (OSError, UnicodeError, http.client.IncompleteRead) as error:  # a host's name may be no name
            raise self._cut(error) from error
        except (http.client.HTTPException, ValueError) as error:  # no HTTP, or none that can be understood
            raise SalonError(strange(self.address)) from error

    async def _dial(self) -> socket.socket:
        """A connection to the first of the host's addresses that takes one. Raises OSError."""
        loop = asyncio.get_running_loop()
        host, port = self.address
        async with asyncio.timeout(CONNECT_SECONDS):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            failed: OSError = ConnectionRefusedError()
            for family, kind, protocol, _, place in found:
                line = socket.socket(family, kind, protocol)
                try:
                    line.setblocking(False)
                    await loop.sock_connect(line, place)
                except OSError as error:
                    line.close()
                    failed = error
                except BaseException:
                    line.close()
                    raise
                else:
                    self.found = str(place[0])
                    return line
        raise failed

    def _cut(self, error: Exception) -> Cut:
        if self.reached:
            return Cut(refuse(LOST_SERVER, server=self.address))
        return Cut(refuse(NO_SERVER, server=self.address, why=reason(error) or "it is silent"))


class Response:
    """The answer to one request. Whoever waits for it and is cancelled leaves no thread behind."""

    def __init__(self, server: Plain, line: socket.socket) -> None:
        self.status = 0
        self.headers: http.client.HTTPMessage
        self._server = server
        self._line = line
        self._connection = http.client.HTTPConnection(server.address.host, server.address.port)
        self._inner: http.client.HTTPResponse | None = None

    async def begin(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Send the request and wait for the head of its answer. Raises OSError and http.client.HTTPException."""
        await self._in_thread(lambda: self._ask(method, path, headers))

    def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        self._line.settimeout(self._server.silence)
        self._connection.sock = self._line
        common = {"Host": self._server.address.http_host, "Accept-Encoding": "identity", "User-Agent": "salon"}
        # As aiohttp has it, so that a name with any letter reaches the server as it was written.
        self._connection.request(method, path, headers={**common, "Connection": "close", **headers})
        answer = self._inner = self._connection.getresponse()
        self.status, self.headers = answer.status, answer.headers

    async def body(self, most: int = _ANSWER_BYTES) -> bytes:
        """The whole of a small answer. Raises SalonError where it is none."""
        data = await self._in_thread(lambda: self._read(most + 1))
        if len(data) > most:
            raise SalonError(refuse(NO_SERVER, server=self._server.address, why="it says too much"))
        return data

    def _read(self, most: int) -> bytes:
        return self._inner.read(most) if self._inner is not None else b""

    async def refused(self) -> SalonError | Cut:
        """What to raise for this answer."""
        return refused(self._server.address, self.status, await self.body())

    async def pour(self, part: Part, end: int) -> None:
        """Receive into a part, up to this offset. Raises OSError where the line breaks, SalonError for too much."""
        await self._in_thread(lambda: self._pour(part, end))

    def _pour(self, part: Part, end: int) -> None:
        read = self._reader(end - part.offset)
        while part.offset < end:
            piece = part.piece()
            count = read(piece[: end - part.offset])
            if not count:
                break
            part.keep(piece[:count])

    def _reader(self, wanted: int) -> Callable[[memoryview], int]:
        """What brings the body, straight into memory. Raises SalonError for one that is longer."""
        answer = self._inner
        if answer is None or (answer.length or 0) > wanted:
            raise SalonError(strange(self._server.address))
        fetched = memoryview(answer.read1(_READ_BYTES))  # empties the buffer in which the head came

        def read(into: memoryview) -> int:
            nonlocal fetched
            if not fetched:
                if not answer.chunked:
                    return self._line.recv_into(into)
                fetched = memoryview(answer.read1(_READ_BYTES))  # something in between cut it into pieces
            count = min(len(into), len(fetched))
            into[:count], fetched = fetched[:count], fetched[count:]
            return count

        return read

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """Do what blocks. Where that is cancelled, the line is shut, which ends it."""
        working = asyncio.wrap_future(_start(work))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            await asyncio.wait([working])
            with suppress(Exception):
                working.result()  # nobody looks at it any more
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._inner is not None:
            self._inner.close()
        self._line.close()


def _start(work: Callable[[], Result]) -> Future[Result]:
    """Do it in a thread of its own: the loop's few are for what is soon done, and a download may take hours."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="salon-http", daemon=True).start()
    return future


def path_of(*parts: str) -> str:
    """The path of these parts; whatever they hold, each stays one."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)
