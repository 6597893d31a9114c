"""Files over a lab client's one connection: `.txt` in base64, all else as raw bytes, unless told otherwise."""

import asyncio
import base64
import binascii
import unicodedata
from collections.abc import Callable
from pathlib import Path

from salon.client.transfers.source import Source, open_source
from salon.core.filenames import safe_name
from salon.core.limits import MIB
from salon.errors import BAD_DOCUMENT, TOO_LARGE, Refusal, SalonError, refuse
from salon.faces.console.files import local_path
from salon.faces.lab.line import Line
from salon.faces.lab.media import Half, Media
from salon.faces.lab.telling import Heard
from salon.wire.files import FILE_IN_DOCUMENT_BYTES
from salon.wire.lab.forms import FILE_CONTENT, FILE_NAME

BASE64, RAW = "base64", "raw"
ENCODINGS = (BASE64, RAW)
_WRITE_BYTES = 1 * MIB  # kept at once
_PATIENCE_SECONDS = 5.0  # for answers, at the end, without a sign


class Files:
    """What one client sends and gets.

    room, me  where, and under which name
    limit     bytes that a file may have at this server, 0 where it has told none
    """

    def __init__(self, encoding: str, tell: Callable[[str], None]) -> None:
        self.room = ""
        self.me = ""
        self.limit = 0
        self.media = Media()
        self._encoding = encoding
        self._tell = tell
        self._wanted: dict[str, str] = {}  # names of files that were asked for, by the id of the request
        self._asked = 0
        self._none_wanted = asyncio.Event()

    # up

    async def send(self, line: Line, typed: str) -> None:
        """Send the file at this path. Raises SalonError where there is none, or it cannot be sent; see `Line.carry`."""
        path = await asyncio.to_thread(local_path, typed)
        source = await asyncio.to_thread(open_source, path)
        try:
            name = safe_name(path.name)
            if isinstance(name, Refusal):
                raise SalonError(name)
            if self.limit and source.size > self.limit:
                raise SalonError(refuse(TOO_LARGE, name=name, limit=self.limit))
            if self._fits(path, source):
                content = base64.b64encode(b"".join([piece async for piece in source.pieces(0)]))
                await line.say("upload", file_name=name, content=content.decode())
            else:
                await line.say("upload", file_name=name, file_size=source.size)
                await line.carry(source.pieces(0))
        finally:
            await asyncio.to_thread(source.close)

    def _fits(self, path: Path, source: Source) -> bool:
        """Whether it goes in base64. What is too large for a document goes as raw bytes; unless that is not wanted."""
        if not self._in_base64(path.name):
            return False
        if source.size <= FILE_IN_DOCUMENT_BYTES:
            return True
        if self._encoding == BASE64:
            raise SalonError(refuse(TOO_LARGE, name=path.name, limit=FILE_IN_DOCUMENT_BYTES))
        return False

    def _in_base64(self, name: str) -> bool:
        return self._encoding == BASE64 or (not self._encoding and name.lower().endswith(".txt"))

    # down

    async def ask(self, line: Line, name: str) -> None:
        """Ask for a file of the room's. It comes when it comes."""
        self._asked += 1
        request_id = f"d{self._asked}"
        self._wanted[request_id] = unicodedata.normalize("NFC", name)
        self._none_wanted.clear()
        who = {} if self._in_base64(name) else {"name": self.me, "room": self.room}
        await line.say("download", file_name=name, id=request_id, **who)

    async def take(self, line: Line, document: Heard) -> None:
        """Keep the file that this document brings or announces; or note that it does not come."""
        name = unicodedata.normalize("NFC", document.text(*FILE_NAME))
        if document.type == "download-ack":
            await self._receive(line, name, document.number("file_size"))
        elif document.type == "file":
            await self._unpack(name, document.text(*FILE_CONTENT))
        elif document.type in ("error", "notification"):
            self._note_absent(document)

    def _settle(self, name: str) -> bool:
        """Whether this file was asked for. Nobody sends us what was not."""
        found = next((key for key, wanted in self._wanted.items() if wanted == name), None)
        if found is not None:
            self._forget(found)
        return found is not None

    def _forget(self, request_id: str) -> None:
        del self._wanted[request_id]
        if not self._wanted:
            self._none_wanted.set()

    def _note_absent(self, document: Heard) -> None:
        for key, name in list(self._wanted.items()):
            if document.text("id") == key or f"The {name} doesn't exist" in document.sentence:
                self._forget(key)
                return

    async def _receive(self, line: Line, name: str, size: int) -> None:
        """Keep so many raw bytes. Whatever becomes of them, they are read to the last."""
        half: Half | None = None
        wanted = name in self._wanted.values()
        data = bytearray()
        try:
            if wanted:
                half = await self._begin(name, size)
            async for piece in line.pieces(size):
                data += piece if half is not None else b""
                if len(data) >= _WRITE_BYTES:
                    half = await self._keep(half, data)
            half = await self._keep(half, data)
            if half is not None:
                self._tell(f"Saved {await asyncio.to_thread(half.place)}")
        except SalonError as error:
            self._tell_or_raise(line, error)
        finally:
            if half is not None:
                await asyncio.to_thread(half.discard)
            self._settle(name)

    def _tell_or_raise(self, line: Line, error: SalonError) -> None:
        if line.lost:
            raise error
        self._tell(error.refusal.message)

    async def _begin(self, name: str, size: int) -> Half | None:
        try:
            return await asyncio.to_thread(self.media.begin, self.room, name, size)
        except SalonError as error:
            self._tell(error.refusal.message)
            return None

    async def _keep(self, half: Half | None, data: bytearray) -> Half | None:
        """Write what came; None once that cannot be."""
        if half is None:
            return None
        piece = bytes(data)
        data.clear()
        try:
            await asyncio.to_thread(half.write, piece)
        except SalonError as error:
            self._tell(error.refusal.message)
            await asyncio.to_thread(half.discard)
            return None
        return half

    async def _unpack(self, name: str, content: str) -> None:
        if name not in self._wanted.values():
            return
        try:
            data = await asyncio.to_thread(base64.b64decode, content, validate=True)
            self._tell(f"Saved {await asyncio.to_thread(self._save, name, data)}")
        except binascii.Error:
            self._tell(refuse(BAD_DOCUMENT, why=f"the content of {name} is not base64").message)
        except SalonError as error:
            self._tell(error.refusal.message)
        finally:
            self._settle(name)

    def _save(self, name: str, data: bytes) -> Path:
        half = self.media.begin(self.room, name, len(data))
        try:
            half.write(data)
            return half.place()
        finally:
            half.discard()

    async def all_here(self, line: Line) -> None:
        """Wait for what was asked for, as long as anything comes at all."""
        heard = -1
        while self._wanted and heard != line.heard:
            heard = line.heard
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._none_wanted.wait()
            except TimeoutError:
                pass
