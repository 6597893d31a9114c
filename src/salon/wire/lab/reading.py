"""Bytes of a lab client in, what it asks out."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from salon.core.commands import Say
from salon.core.limits import DOCUMENT_BYTES, ID_CHARS
from salon.errors import BAD_DOCUMENT, BAD_ID, UNKNOWN_TYPE, Refusal, refuse
from salon.wire.documents import Refused
from salon.wire.files import Raw
from salon.wire.framing import DocumentScanner
from salon.wire.lab.forms import (
    FILE_CONTENT,
    FILE_NAME,
    FILE_PATH,
    FILE_SIZE,
    IMAGES,
    KINDS,
    NAME,
    PAYLOAD,
    ROOM,
    TEXT,
    TYPE_KEYS,
    FileWords,
    Form,
    Frame,
    words_of,
)
from salon.wire.lab.literal import LiteralScanner, json_of


class Enter(Struct, frozen=True):
    """Who one is, and into which room; empty where that was not said."""

    name: str
    room: str


class Goodbye(Struct, frozen=True):
    """The room is left and the connection ends."""


class Upload(Struct, frozen=True):
    """A file is coming: in base64 in this document, or as `size` raw bytes behind it. `path_only`: it is not coming."""

    name: str
    size: int = 0
    content: str | None = None
    path_only: bool = False


class Download(Struct, frozen=True):
    """A file is wanted: as raw bytes, or in a document. `words`: what it is called there."""

    name: str
    raw: bool = False
    words: FileWords = FileWords()


Asked = Enter | Say | Goodbye | Upload | Download | Raw | Refused

_UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_LENGTHS = re.compile(
    rb"[0-9 \t\r\n]*"
)  # what may stand between documents; the documents say themselves where they end
_QUOTE = re.compile(rb"[0-9 \t\r\n]*\{\s*(['\"}])")
_DECIDED_BYTES = 64  # without a quote so far in, there is no document
_BRINGS_FILE = re.compile(rb"""['"](?:upload|upload_image|media)['"]""")


class LabReader:
    """Takes the bytes of a connection apart.

    form    how this client writes, once its first document is there
    broken  why nothing can be read any more, once that is so
    """

    def __init__(self, limit: int = DOCUMENT_BYTES) -> None:
        self.form: Form | None = None
        self._limit = limit
        self._frame = Frame.BARE
        self._literal = False
        self._first = b""  # bytes of which one cannot say yet what they are
        self._scanner: DocumentScanner | LiteralScanner | None = None
        self._raw = 0  # bytes of a file that are still to come
        self._content = ""  # how this client spells a file's content, once it has shown that
        self._sends_raw = False  # it has sent a file as raw bytes

    @property
    def broken(self) -> Refusal | None:
        return self._scanner.broken if self._scanner else None

    @property
    def held(self) -> int:
        """How many bytes are kept of a document that is not whole yet."""
        return self._scanner.held if self._scanner else 0

    @property
    def brings_file(self) -> bool:
        """Whether the document that is not whole yet looks as if it held a file."""
        return self._scanner is not None and _BRINGS_FILE.search(self._scanner.head) is not None

    @property
    def limit(self) -> int:
        """How long a document may be."""
        return self._limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._limit = limit
        if self._scanner is not None:
            self._scanner.limit = limit

    def feed(self, data: bytes) -> list[Asked]:
        """What the documents ask that became whole."""
        scanner = self._scanner
        if scanner is None:
            data, self._first = self._first + data, b""
            scanner = self._choose(data)
            if scanner is None:
                self._first = data
                return []
        asked: list[Asked] = []
        at = 0
        while at < len(data):
            if self._raw:  # the byte behind the document is the file's first, whatever it is
                piece = data[at : at + self._raw]
                self._raw -= len(piece)
                at += len(piece)
                asked.append(Raw(piece))
                continue
            if scanner.idle and (blank := _LENGTHS.match(data, at)):
                at = blank.end()
            document, at = scanner.next(data, at)
            if document is not None and (one := self._read(document)) is not None:
                asked.append(one)
        return asked

    def _choose(self, data: bytes) -> DocumentScanner | LiteralScanner | None:
        """The scanner for what begins so; None while that is not clear."""
        found = _QUOTE.match(data)
        if found is None and len(data) < _DECIDED_BYTES:
            return None
        self._literal = found is not None and found[1] == b"'"
        if data[:1].isdigit():
            self._frame = Frame.COUNTED
        self._scanner = LiteralScanner(self._limit) if self._literal else DocumentScanner(self._limit)
        return self._scanner

    def _read(self, data: bytes) -> Asked | None:
        """What one document asks; None for one that only announces the next."""
        try:
            document = msgspec.json.decode(json_of(data) if self._literal else data)
        except _UNDECODABLE as error:
            return Refused(refuse(BAD_DOCUMENT, why=str(error)))
        frame = _frame_of(document)
        if frame is not None:
            self._frame = frame
            return None
        type_key = next((key for key in TYPE_KEYS if key in document), TYPE_KEYS[0])
        if self.form is None:
            self.form = Form(self._frame, self._literal, type_key)
        kind, payload = document.get(type_key), document.get(PAYLOAD)
        asked = _asked(kind, payload)
        if isinstance(asked, Upload):
            self._note_upload(asked, payload)
        elif isinstance(asked, Download):
            return self._spelled(asked, str(kind), payload or {})
        return asked

    def _note_upload(self, upload: Upload, payload: Mapping[str, Any]) -> None:
        """How this client sends files is how it gets them."""
        self._raw = upload.size
        if upload.content is not None:
            self._content = next(key for key in FILE_CONTENT if isinstance(payload.get(key), str))
        elif not upload.path_only:
            self._sends_raw = True

    def _spelled(self, wish: Download, kind: str, payload: Mapping[str, Any]) -> Download:
        assert self.form is not None  # noqa: S101 -- it is known from the first document on
        key = next((key for key in FILE_NAME if key in payload), FILE_NAME[0])
        says_who = key != "name" and "name" in payload and "room" in payload
        raw = self._sends_raw or says_who or (kind in IMAGES and not self._content)
        return Download(wish.name, raw, words_of(self.form, kind, key, self._content))


def _frame_of(document: dict[str, Any]) -> Frame | None:
    """The frame of which this document is the announcing part, if it is one."""
    if document.get("type") == "msglen":
        return Frame.MSGLEN
    return Frame.LENGTH if document.keys() == {"length"} else None


def _asked(kind: object, payload: object) -> Asked:
    if payload is None:
        payload = {}
    if not isinstance(kind, str) or not isinstance(payload, dict):
        return Refused(refuse(BAD_DOCUMENT, why="it has a type, a text, and a payload, an object"))
    read = _READ.get(KINDS.get(kind, ""))
    return read(payload) if read else Refused(refuse(UNKNOWN_TYPE, type=kind))


def _enter(payload: Mapping[str, Any]) -> Asked:
    return Enter(_text(payload, NAME) or "", _text(payload, ROOM) or "")


def _say(payload: Mapping[str, Any]) -> Asked:
    text = _text(payload, TEXT)
    command_id = payload.get("id")
    if not isinstance(command_id, str):
        command_id = ""
    if len(command_id) > ID_CHARS:
        return Refused(refuse(BAD_ID, limit=ID_CHARS))
    if text is None:
        return Refused(refuse(BAD_DOCUMENT, why="it has no text"), command_id)
    return Say(text, id=command_id)


def _exit(_payload: Mapping[str, Any]) -> Asked:
    return Goodbye()


def _upload(payload: Mapping[str, Any]) -> Asked:
    name = _text(payload, FILE_NAME) or ""
    content = next((payload[key] for key in FILE_CONTENT if isinstance(payload.get(key), str)), None)
    if content is not None:
        return Upload(name, content=content)
    for key in FILE_SIZE:
        size = payload.get(key)
        if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
            return Upload(name, size)
    return Upload(name or _text(payload, FILE_PATH) or "", path_only=True)


def _download(payload: Mapping[str, Any]) -> Asked:
    return Download(_text(payload, FILE_NAME) or "")


def _text(payload: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    """The first of these fields that holds a text, or a number, which a client may have made of one."""
    for key in keys:
        value = payload.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return str(value)
    return None


_READ = {"connect": _enter, "message": _say, "exit": _exit, "upload": _upload, "download": _download}
