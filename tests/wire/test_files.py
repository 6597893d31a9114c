"""Files on full clients' connections: raw bytes behind documents, and the documents that bring or announce one."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import FILE_DOCUMENT_BYTES
from salon.wire.documents import DocumentReader, Download, Payload, Ping, Refused, Upload, encode
from salon.wire.files import FILE_IN_DOCUMENT_BYTES, Raw, announcement, base64_size, file_document
from salon.wire.lab.forms import FileWords, Form, Frame
from salon.wire.lab.writing import Lab

PING = '{"type":"ping"}'


def fed(reader: DocumentReader, data: bytes, size: int) -> list[Payload]:
    return [payload for at in range(0, len(data), size) for payload in reader.feed(data[at : at + size])]


@pytest.mark.parametrize("end", ["", "\n", " "])
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([b"\n", b"{}\n", PING.encode()]), max_size=4), st.integers(1, 60)
)
def test_raw_bytes_are_the_files_however_they_are_cut(end: str, raws: list[bytes], size: int) -> None:
    stream = b"".join(
        (PING + end).encode()
        + json.dumps({"type": "upload", "payload": {"file_name": "a", "file_size": len(raw)}}).encode()
        + raw
        + f"{PING}\n{PING}".encode()
        for raw in raws
    )
    reader = DocumentReader()
    payloads = fed(reader, stream, size)
    documents = [one for one in payloads if not isinstance(one, Raw)]
    assert documents == [one for raw in raws for one in (Ping(), Upload("a", file_size=len(raw)), Ping(), Ping())]
    assert b"".join(one.data for one in payloads if isinstance(one, Raw)) == b"".join(raws)
    assert (reader.idle, reader.broken, reader.held) == (True, None, 0)


def test_a_file_in_a_document_is_followed_by_documents() -> None:
    upload = Upload("a", "aGk=", 2, id="u")
    assert fed(DocumentReader(), encode(upload) + encode(Download("a")), 1000) == [upload, Download("a")]


@pytest.mark.parametrize("payload", [{"file_name": 5, "file_size": 3}, {"file_name": "a", "file_size": -1}])
def test_an_upload_of_another_shape_is_refused(payload: dict[str, object]) -> None:
    (refused,) = fed(DocumentReader(), json.dumps({"type": "upload", "payload": payload}).encode(), 1000)
    assert isinstance(refused, Refused)


def test_a_document_that_holds_a_file_can_be_told_early_and_may_be_longer() -> None:
    reader = DocumentReader()
    reader.limit = 300
    data = encode(Upload("a", "x" * 400))
    reader.feed(data[:250])
    assert (reader.held, reader.brings_file, reader.limit) == (250, True, 300)
    reader.limit = 600
    assert reader.feed(data[250:]) == [Upload("a", "x" * 400)]
    assert not reader.brings_file


def test_what_brings_or_announces_a_file() -> None:
    parcel = file_document('a "b".txt', "d1")
    whole = parcel.before + parcel.first + base64.b64encode(b"hi") + parcel.last
    assert whole.endswith(b"\n")
    payload = {"file_name": 'a "b".txt', "id": "d1", "content": "aGk="}
    assert json.loads(whole) == {"type": "file", "payload": payload}
    parcel = announcement("a", 5)
    assert parcel.raw
    assert (
        parcel.before + parcel.first + parcel.last
        == b'{"type":"download-ack","payload":{"file_name":"a","file_size":5}}'
    )


@given(st.binary(max_size=100))
def test_the_size_in_base64(data: bytes) -> None:
    assert base64_size(len(data)) == len(base64.b64encode(data))


@pytest.mark.parametrize("form", [Form(frame) for frame in Frame])
def test_what_fits_into_a_document_fits_with_the_longest_name(form: Form) -> None:
    name = "\x7f" * 255
    parcel = Lab(form).brings(FileWords("fname", brings="media"), name, FILE_IN_DOCUMENT_BYTES)
    around = len(parcel.before + parcel.first + parcel.last)
    assert around + base64_size(FILE_IN_DOCUMENT_BYTES) <= FILE_DOCUMENT_BYTES
