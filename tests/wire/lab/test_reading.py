"""What clients of the lab send, in every form of the table."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.commands import Say
from salon.errors import BAD_DOCUMENT, BAD_ID, UNKNOWN_TYPE, Problem
from salon.wire.documents import Refused
from salon.wire.files import Raw
from salon.wire.lab import forms
from salon.wire.lab.forms import FileWords, Form, Frame
from salon.wire.lab.reading import Asked, Download, Enter, Goodbye, LabReader, Upload

FORMS = [Form(frame, literal, key) for frame in Frame for literal in (False, True) for key in forms.TYPE_KEYS]

IMAGE = FileWords("image_name", "content", "image_size", announces="download_image_ack")


def sent(form: Form, kind: str, payload: object) -> bytes:
    """A document as such a client sends it: what the forms are, written down once more."""
    document = {form.type_key: kind, "payload": payload}
    data = (repr(document) if form.literal else json.dumps(document)).encode()
    if form.frame is Frame.COUNTED:
        return f"{len(data):<10}".encode() + data
    if form.frame is Frame.MSGLEN:
        head = '{"type": "msglen", "payload": {"size": "' + f"{len(data):<21}" + '"}}'
        head = head.replace('"', "'") if form.literal else head
        assert len(head) == 64
        return head.encode() + data
    if form.frame is Frame.LENGTH:
        head = json.dumps({"length": len(data)})
        return (head.replace('"', "'") if form.literal else head).encode() + data
    return data


def read(*pieces: bytes) -> tuple[list[Asked], LabReader]:
    reader = LabReader()
    return [asked for piece in pieces for asked in reader.feed(piece)], reader


@pytest.mark.parametrize("size", [1, 3, 64, 1 << 16])
@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_every_form_is_known_and_read(form: Form, size: int) -> None:
    text = 'it\'s "{x}" \\ über\n[' + "12 "
    data = b"".join(
        [
            sent(form, "connect", {"name": "ann", "room": "r 1"}),
            sent(form, "message", {"sender": "x", "room": "y", "text": text}),
            sent(form, "message", {"text": text, "id": "m1"}),
            sent(form, "exit", {}),
        ]
    )
    asked, reader = read(*(data[at : at + size] for at in range(0, len(data), size)))
    assert asked == [Enter("ann", "r 1"), Say(text), Say(text, id="m1"), Goodbye()]
    assert reader.form == form
    assert reader.broken is None


@pytest.mark.parametrize(
    ("kind", "payload", "asked"),
    [
        ("connect", {"name": "ann", "room": "r1"}, Enter("ann", "r1")),
        ("connect", {"sender": "ann", "room": "r1", "text": "hello"}, Enter("ann", "r1")),
        ("connect", {"username": "ann"}, Enter("ann", "")),
        ("connect", {}, Enter("", "")),
        ("connect", {"name": 7, "room": None, "room_name": 2}, Enter("7", "2")),
        ("connect_ack", {"name": "ann", "room": "r1"}, Enter("ann", "r1")),
        ("message", {"message": "hi"}, Say("hi")),
        ("message", {"content": "hi"}, Say("hi")),
        ("message", {"text": ""}, Say("")),
        ("message", {"text": 5}, Say("5")),
        ("message", {"text": "hi", "id": 5}, Say("hi")),
        ("msg", {"msg": "hi"}, Say("hi")),
        ("exit", None, Goodbye()),
        ("disconnect", {"name": "ann"}, Goodbye()),
        ("upload", {"file_name": "a", "content": "aGk="}, Upload("a", content="aGk=")),
        ("upload", {"filename": "a", "file_data": "aGk=", "file_size": 2}, Upload("a", content="aGk=")),
        ("upload", {"name": "a", "contents": ""}, Upload("a", content="")),
        ("upload", {"name": "ann", "room": "r1", "file_name": "a", "file_size": 2}, Upload("a", 2)),
        ("upload", {"file_name": "a", "content": None, "size": 2}, Upload("a", 2)),
        ("upload", {"file_name": "a", "file_size": -1}, Upload("a", path_only=True)),
        ("upload", {"file_name": "a", "file_size": True}, Upload("a", path_only=True)),
        ("upload", {"path": "/etc/passwd"}, Upload("/etc/passwd", path_only=True)),
        ("upload", {}, Upload("", path_only=True)),
        ("media", {"fname": "a", "content": "aGk=", "format": "png"}, Upload("a", content="aGk=")),
        ("download", {"file_name": "a"}, Download("a")),
        ("download", {"name": "a", "room": "r1"}, Download("a", words=FileWords("name"))),
        ("download", {"filename": "a", "name": "ann"}, Download("a", words=FileWords("filename"))),
        ("download", {"file_name": "a", "name": "ann", "room": "r1"}, Download("a", raw=True)),
        ("download_image", {"image_name": "a"}, Download("a", raw=True, words=IMAGE)),
        ("filereq", {"room": "r1", "filename": "a"}, Download("a", words=FileWords("fname", brings="media"))),
        ("download", {}, Download("")),
    ],
)
def test_spellings(kind: str, payload: dict[str, Any] | None, asked: Asked) -> None:
    assert read(sent(Form(), kind, payload))[0] == [asked]


@pytest.mark.parametrize(
    ("form", "kind", "shown", "words"),
    [
        (Form(), "download", None, FileWords()),
        (Form(), "download", "file_data", FileWords(content="file_data")),
        (Form(type_key="message_type"), "download", None, FileWords(content="file_content")),
        (Form(type_key="message_type"), "download", "contents", FileWords(content="contents")),
        (Form(Frame.COUNTED), "download", "content", FileWords()),
        (Form(Frame.MSGLEN), "download", None, FileWords("fname", brings="media")),
        (Form(Frame.MSGLEN), "filereq", None, FileWords("fname", brings="media")),
        (Form(Frame.LENGTH), "download", None, FileWords(content="file_data", brings="downloaded_file")),
        (Form(Frame.LENGTH), "download", "content", FileWords()),
        (Form(literal=True), "download_image", "content", IMAGE),
    ],
)
def test_a_file_is_asked_for_in_the_words_of_the_form_and_of_what_was_sent(
    form: Form, kind: str, shown: str | None, words: FileWords
) -> None:
    data = sent(form, "upload", {"file_name": "a", shown: "aGk="}) if shown else b""
    asked, _ = read(data + sent(form, kind, {"file_name": "a"}))
    assert asked[-1] == Download("a", raw=kind == "download_image" and not shown, words=words)


def test_who_sends_raw_bytes_gets_raw_bytes() -> None:
    asked, _ = read(
        sent(Form(), "download", {"file_name": "a"})
        + sent(Form(), "upload", {"file_name": "a"})
        + sent(Form(), "download", {"file_name": "a"})
        + sent(Form(), "upload", {"file_name": "a", "file_size": 0})
        + sent(Form(), "download", {"file_name": "a"})
    )
    assert [one.raw for one in asked if isinstance(one, Download)] == [False, False, True]


@pytest.mark.parametrize("kind", forms.KINDS)
def test_every_kind_of_the_table_is_read(kind: str) -> None:
    (asked,), _ = read(sent(Form(), kind, {"text": "x", "name": "y"}))
    assert not isinstance(asked, Refused)


@pytest.mark.parametrize(
    ("document", "problem", "command_id"),
    [
        (b'{"type": "dance", "payload": {}}', UNKNOWN_TYPE, ""),
        (b'{"type": 5, "payload": {}}', BAD_DOCUMENT, ""),
        (b'{"type": "message", "payload": "hi"}', BAD_DOCUMENT, ""),
        (b'{"type": "message", "payload": {"text": ["hi"], "id": "m1"}}', BAD_DOCUMENT, "m1"),
        (b'{"type": "message", "payload": {"text": "hi", "id": "' + b"x" * 129 + b'"}}', BAD_ID, ""),
        (b'{"payload": {}}', BAD_DOCUMENT, ""),
        (b"{}", BAD_DOCUMENT, ""),
        (b'{"type" "message"}', BAD_DOCUMENT, ""),
        (b'{"type": "\xff"}', BAD_DOCUMENT, ""),
        (b"{'type': '\xff'}", BAD_DOCUMENT, ""),
        (b"{'type': exit}", BAD_DOCUMENT, ""),
    ],
)
def test_what_is_not_understood_is_refused_and_the_next_is_read(
    document: bytes, problem: Problem, command_id: str
) -> None:
    exit_ = b"{'type': 'exit'}" if b"'" in document else b'{"type": "exit"}'
    (refused, goodbye), reader = read(document + exit_)
    assert isinstance(refused, Refused)
    assert (refused.refusal.problem, refused.id) == (problem, command_id)
    assert goodbye == Goodbye()
    assert reader.broken is None


@pytest.mark.parametrize("size", [1, 5, 1 << 16])
@pytest.mark.parametrize("raw", [b"\n{'\"0123456789", b"", b'{"type":"exit"}', bytes(range(256))])
@pytest.mark.parametrize(("kind", "key"), [("upload", "file_size"), ("upload_image", "image_size"), ("upload", "size")])
def test_raw_bytes_behind_a_document_are_the_files(raw: bytes, size: int, kind: str, key: str) -> None:
    announced = sent(Form(), kind, {"file_name": "a", key: len(raw)})
    data = announced + raw + sent(Form(), "message", {"text": "hi"})
    asked, reader = read(*(data[at : at + size] for at in range(0, len(data), size)))
    assert [one for one in asked if not isinstance(one, Raw)] == [Upload("a", len(raw)), Say("hi")]
    assert b"".join(one.data for one in asked if isinstance(one, Raw)) == raw
    assert not any(isinstance(one, Raw) for one in (asked[0], asked[-1]))
    assert reader.broken is None


@pytest.mark.parametrize(
    "data", [b'{"type": "exit"} x', b"{'a': 1} x", b"12345     x" + b"y" * 64, b"{" + b"x" * 100 + b"]]"]
)
def test_a_stream_that_cannot_be_followed_ends(data: bytes) -> None:
    _, reader = read(data, b"{}")
    assert reader.broken is not None


def test_nothing_is_decided_too_early() -> None:
    for data in (b"", b"1", b"12        ", b"{", b"{ \n", b" {"):
        asked, reader = read(data)
        assert (asked, reader.form, reader.broken) == ([], None, None)


@pytest.mark.parametrize("literal", [False, True])
@pytest.mark.parametrize(("kind", "brings"), [("upload", True), ("media", True), ("message", False)])
def test_a_document_that_holds_a_file_can_be_told_early_and_may_be_longer(
    kind: str, brings: bool, literal: bool
) -> None:
    reader = LabReader(limit=300)
    assert (reader.held, reader.brings_file, reader.limit) == (0, False, 300)
    data = sent(Form(literal=literal), kind, {"file_name": "a", "content": "x" * 400, "text": ""})
    reader.feed(data[:250])
    assert (reader.held, reader.brings_file) == (250, brings)
    reader.limit = 600
    asked = reader.feed(data[250:])
    assert asked == [Upload("a", content="x" * 400) if brings else Say("")]
    assert reader.held == 0
    reader.limit = 300
    reader.feed(data)
    assert reader.broken is not None


def test_the_limit_may_be_set_before_anything_came() -> None:
    reader = LabReader()
    reader.limit = 20
    reader.feed(b'{"type": "message", "payload": {}}')
    assert reader.broken is not None


@given(st.binary(max_size=200), st.integers(1, 50))
def test_noise_never_raises(noise: bytes, size: int) -> None:
    reader = LabReader()
    for at in range(0, len(noise), size):
        reader.feed(noise[at : at + size])
