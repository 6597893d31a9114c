"""Files on a chat connection: in base64 inside a document, or as raw bytes behind one that announces them."""

import msgspec
from msgspec import Struct

from salon.core.limits import FILE_DOCUMENT_BYTES, KIB

_ROUND_IT = 8 * KIB  # what a document has beside the file: names, and a length before it
FILE_IN_DOCUMENT_BYTES = (FILE_DOCUMENT_BYTES - _ROUND_IT) // 4 * 3  # a file that fits into a document

_encoder = msgspec.json.Encoder()


class Raw(Struct, frozen=True, gc=False):
    """Bytes of a file, of those that a document announced. `id` is none: they are no document."""

    data: bytes
    id: str = ""


class Parcel(Struct, frozen=True):
    """What a file is sent in.

    before  documents that go out on their own before it
    first   what stands before its bytes, and `last` behind them, with nothing between; both empty around raw bytes
    raw     whether its bytes go out as they are, else in base64
    """

    before: bytes = b""
    first: bytes = b""
    last: bytes = b""
    raw: bool = False


def base64_size(size: int) -> int:
    """How long so many bytes are in base64."""
    return (size + 2) // 3 * 4


def file_document(name: str, request_id: str = "") -> Parcel:
    """The document that brings a full client a file."""
    document = _document("file", {"file_name": name, **_id(request_id), "content": ""})
    return Parcel(first=document[:-3], last=document[-3:] + b"\n")


def announcement(name: str, size: int, request_id: str = "") -> Parcel:
    """The document that announces raw bytes to a full client. No newline ends it: what follows is the file."""
    return Parcel(_document("download-ack", {"file_name": name, "file_size": size, **_id(request_id)}), raw=True)


def _document(kind: str, payload: dict[str, object]) -> bytes:
    return _encoder.encode({"type": kind, "payload": payload})


def _id(request_id: str) -> dict[str, str]:
    return {"id": request_id} if request_id else {}
