"""The table: what stands before a document, how documents are written, and what things are called in them."""

import enum
import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct


class Frame(enum.Enum):
    """What a client puts before each document, and expects before each of ours."""

    BARE = "nothing"
    COUNTED = "its length in ten bytes, left-justified"
    MSGLEN = "a document of 64 bytes, of type msglen"
    LENGTH = "a document with nothing but its length"


class Form(Struct, frozen=True):
    """How one kind of client writes.

    literal   Python's `repr` instead of JSON
    type_key  what a document's type is called
    """

    frame: Frame = Frame.BARE
    literal: bool = False
    type_key: str = "type"

    @property
    def paced(self) -> bool:
        """Whether the client takes one read for one document: each must come alone, and fit.

        Who announces a length in a document of its own reads that one so.
        """
        return self.frame in (Frame.BARE, Frame.LENGTH)

    def write(self, kind: str, payload: Mapping[str, Any]) -> bytes:
        """One document, as this client writes its own, without what stands before it."""
        if self.frame is Frame.MSGLEN:
            kind = _MSGLEN_KINDS.get(kind, kind)
        document = {self.type_key: kind, "payload": payload}
        if self.paced:
            return repr(document).encode() if self.literal else msgspec.json.encode(document)
        # ASCII where lengths are told: they are the same in bytes and in characters.
        return (ascii(document) if self.literal else json.dumps(document)).encode()

    def measure(self, text: str) -> int:
        """How many bytes the text takes inside a document."""
        return len(repr(text).encode() if self.literal else msgspec.json.encode(text)) - 2

    def framed(self, document: bytes) -> bytes:
        """The document as it goes out. A newline stands where a segment ends, and is not sent."""
        return self.before(len(document)) + document + (b"\n" if self.paced else b"")

    def before(self, size: int) -> bytes:
        """What stands before a document of so many bytes."""
        if self.frame is Frame.BARE:
            return b""
        if self.frame is Frame.COUNTED:
            return b"%-10d" % size
        if self.frame is Frame.MSGLEN:
            return self._quoted(_MSGLEN % f"{size:<{_MSGLEN_DIGITS}}")
        return self._quoted(f'{{"length": {size}}}') + b"\n"

    def _quoted(self, head: str) -> bytes:
        return (head.replace('"', "'") if self.literal else head).encode()


_MSGLEN = '{"type": "msglen", "payload": {"size": "%s"}}'
_MSGLEN_DIGITS = 64 - len(_MSGLEN % "")
_MSGLEN_KINDS = {"message": "msg", "notification": "notice", "error": "notice"}

TYPE_KEYS = ("type", "message_type")
PAYLOAD = "payload"

# What clients call a document of each kind.
KINDS: dict[str, str] = {
    "connect": "connect",
    "connect_ack": "connect",
    "handshake": "connect",
    "message": "message",
    "msg": "message",
    "exit": "exit",
    "disconnect": "exit",
    "upload": "upload",
    "upload_image": "upload",
    "media": "upload",
    "download": "download",
    "download_image": "download",
    "filereq": "download",
}

# What they call the fields, the likeliest first.
NAME = ("name", "sender", "username", "user", "nickname")
ROOM = ("room", "room_name")
TEXT = ("text", "message", "content", "msg")
FILE_NAME = ("file_name", "filename", "fname", "image_name", "name")
FILE_CONTENT = ("content", "file_content", "file_data", "contents")
FILE_SIZE = ("file_size", "image_size", "size")
FILE_PATH = ("path", "file_path")
IMAGES = ("upload_image", "download_image")  # of documents whose files always go as raw bytes
MEDIA = ("media", "filereq")


class FileWords(Struct, frozen=True):
    """What a client calls a file: its parts, and the documents that bring it or announce it."""

    name: str = FILE_NAME[0]
    content: str = FILE_CONTENT[0]
    size: str = FILE_SIZE[0]
    brings: str = "file"
    announces: str = "download-ack"


def words_of(form: Form, kind: str, name: str, content: str) -> FileWords:
    """How a client of this form is answered whose request is of this kind, spells the file's name so and, as far as it
    has shown that, its content.
    """
    content = content or _CONTENT_UNLESS_SHOWN.get(form.type_key, "") or _FRAMED_CONTENT.get(form.frame, "content")
    if kind in MEDIA or form.frame is Frame.MSGLEN:
        return FileWords("fname", content, brings="media")
    if kind in IMAGES:
        return FileWords("image_name", content, "image_size", announces="download_image_ack")
    return FileWords(name, content, brings=_BRINGS.get((form.frame, content), "file"))


# How those spell a file's content who have sent none yet, and who call a document that brings one something else.
_CONTENT_UNLESS_SHOWN = {"message_type": "file_content"}
_FRAMED_CONTENT = {Frame.LENGTH: "file_data"}
_BRINGS = {(Frame.LENGTH, "file_data"): "downloaded_file"}
