"""What clients of the lab are told, in every form of the table, taken apart as such a client would."""

import ast
import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.batch import Kept
from salon.core.commands import Say
from salon.core.events import Edited, Entry, Event, Redacted, Said, Shelved, TopicChanged, Unshelved
from salon.core.filenames import SafeName
from salon.core.limits import READ_BYTES, TEXT_PARTS
from salon.errors import EMPTY, NO_SUCH_FILE, UNKNOWN_TYPE, Refusal, refuse
from salon.wire.dialect import RoomView
from salon.wire.lab.forms import TYPE_KEYS, FileWords, Form, Frame
from salon.wire.lab.writing import Lab, dialect_of

ROOM = RoomView("r1")
FORMS = [Form(frame, literal, key) for frame in Frame for literal in (False, True) for key in TYPE_KEYS]
PACED = [form for form in FORMS if form.paced]


def entry(event: Event, author: str = "ann") -> Entry:
    return Entry(7, 1_000, author, 1, event)


def received(form: Form, data: bytes) -> list[dict[str, Any]]:
    """The documents, read as such a client reads: with lengths, or a read each."""
    documents = ast.literal_eval if form.literal else json.loads
    return [documents(one.decode()) for one in _taken_apart(form, data)]


def _taken_apart(form: Form, data: bytes) -> Iterator[bytes]:
    if form.paced:
        segments = data.split(b"\n")
        assert segments.pop() == b""
        while segments:
            one = segments.pop(0)
            assert 0 < len(one) < READ_BYTES
            if form.frame is Frame.LENGTH:
                length = ast.literal_eval(one.decode())["length"]
                one = segments.pop(0)
                assert len(one) == length
            yield one
        return
    head = 10 if form.frame is Frame.COUNTED else 64
    while data:
        before, data = data[:head], data[head:]
        assert len(before) == head
        size = int(before if head == 10 else ast.literal_eval(before.decode())["payload"]["size"])
        assert len(data[:size].decode()) == size  # characters and bytes are the same
        yield data[:size]
        data = data[size:]


def spelled(form: Form, kind: str) -> str:
    if form.frame is not Frame.MSGLEN:
        return kind
    return {"message": "msg", "notification": "notice", "error": "notice"}.get(kind, kind)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_every_form_is_answered_in_kind(form: Form) -> None:
    lab = Lab(form)
    text = 'it\'s "{x}" \\ über 😀\n\x1b'
    data = lab.entries(ROOM, [entry(Said(text)), entry(Said("b"))])
    data += lab.presence(ROOM, ["bob"], ["carl"])
    data += lab.acknowledged("connect_ack", "Connected to the room.")
    data += lab.refused(refuse(EMPTY))
    key = form.type_key
    assert received(form, data) == [
        *(
            {
                key: spelled(form, "message"),
                "payload": {
                    "sender": "ann",
                    "name": "ann",
                    "room": "r1",
                    "text": said,
                    "message": said,
                    "content": said,
                },
            }
            for said in (text, "b")
        ),
        *(
            {key: spelled(form, kind), "payload": {"message": told, "text": told, "msg": told}}
            for kind, told in (
                ("notification", "bob has joined the room."),
                ("notification", "carl has left the room."),
            )
        ),
        {
            key: "connect_ack",
            "payload": {"message": "Connected to the room.", "msg": "Connected to the room.", "status": 0},
        },
        *(
            {key: spelled(form, "error"), "payload": {"message": told, "text": told, "msg": told, "code": "empty"}}
            for told in ("There is nothing in this message.",)
        ),
    ]


@pytest.mark.parametrize("form", PACED, ids=repr)
@pytest.mark.parametrize("character", ["x", "ü", "😀", "'", '"', "\n", "\x1b", "\\"])
@pytest.mark.parametrize(
    ("author", "room"), [("ann", "r1"), ("😀" * 64, "ü" * 127), ('"' * 64, '"' * 255), ("'\"" * 32, "'\"" * 127)]
)
def test_a_long_text_comes_as_several_messages(form: Form, character: str, author: str, room: str) -> None:
    text = character * 1_500
    data = Lab(form).entries(RoomView(room), [entry(Said(text), author)])
    documents = received(form, data)
    assert 1 < len(documents) <= TEXT_PARTS
    payloads = [one["payload"] for one in documents]
    got = "".join(payload["text"] for payload in payloads)
    assert {(payload["sender"], payload["room"]) for payload in payloads} == {(author, room)}
    assert got == text or (len(documents) == TEXT_PARTS and got.endswith(" …") and text.startswith(got[:-2]))


@pytest.mark.parametrize("form", PACED, ids=repr)
def test_a_very_long_text_is_cut(form: Form) -> None:
    documents = received(form, Lab(form).entries(ROOM, [entry(Said("0123456789" * 100_000))]))
    assert len(documents) == TEXT_PARTS
    got = "".join(one["payload"]["content"] for one in documents)
    assert got.endswith(" …")
    assert ("0123456789" * 100_000).startswith(got[:-2])
    assert len(got) > 5_000


def test_whoever_knows_the_length_gets_a_long_text_whole() -> None:
    for form in FORMS:
        if not form.paced:
            (document,) = received(form, Lab(form).entries(ROOM, [entry(Said("ü" * 1_000_000))]))
            assert document["payload"]["text"] == "ü" * 1_000_000


@given(st.text(st.characters(codec="utf-8"), max_size=3_000), st.sampled_from(PACED))
def test_any_text_fits_and_comes_whole(text: str, form: Form) -> None:
    payloads = [one["payload"] for one in received(form, Lab(form).entries(ROOM, [entry(Said(text))]))]
    got = "".join(payload["text"] for payload in payloads)
    assert got == text or (got.endswith(" …") and text.startswith(got[:-2]))


def test_a_sentence_is_one_document_and_cut_where_it_must_be() -> None:
    for form in PACED:
        lab = Lab(form)
        (short,) = received(form, lab.told("x" * 900))
        assert short["payload"] == {"message": "x" * 900}
        (long,) = received(form, lab.told("x" * 2_000))
        assert long["payload"]["message"].endswith("x …")


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (Said("", redacted=9), None),
        (Edited(3, "new"), "ann corrected: new"),
        (Edited(3), None),
        (Redacted(3), "ann deleted a message."),
        (TopicChanged("tea"), "ann set the topic: tea"),
        (Shelved(SafeName("a b.png"), 3, "0" * 64), "User ann uploaded the a b.png file"),
        (Unshelved(SafeName("a.png"), "0" * 64, 5), "a.png left the shelf (the 5 newest are kept)"),
    ],
)
def test_what_else_happens_is_a_notification(event: Event, sentence: str | None) -> None:
    told = received(Form(), Lab(Form()).entries(ROOM, [entry(event)]))
    assert [one["payload"]["message"] for one in told] == ([sentence] if sentence else [])
    assert all(one["type"] == "notification" for one in told)


def test_signs_without_a_word() -> None:
    lab = Lab(Form())
    assert lab.members(ROOM, ["ann"]) == b""
    assert lab.progress(ROOM, "ann", "a", 9, 3, False) == b""
    assert lab.notice("typing", "ann is typing.") == b""
    assert lab.notice("read", "Read up to 3.") == b""
    (told,) = received(Form(), lab.notice("closing", "The server is closing."))
    assert told["payload"]["msg"] == "The server is closing."
    (told,) = received(Form(), lab.gap(ROOM, 3, 7, "Forgotten."))
    assert told["payload"]["text"] == "Messages left out here: 5. Forgotten."


def test_only_what_had_an_id_is_acknowledged() -> None:
    outcomes: list[tuple[Say, Kept | Refusal]] = [
        (Say("a"), Kept(1, 2, 3)),
        (Say("b", id="m1"), Kept(2, 1_000, 3)),
        (Say(""), refuse(EMPTY)),
    ]
    ack, error = received(Form(), Lab(Form()).settled("r1", outcomes))
    assert ack == {
        "type": "ack",
        "payload": {
            "message": "Sent.",
            "msg": "Sent.",
            "status": 0,
            "id": "m1",
            "room": "r1",
            "seq": 2,
            "time": 1_000,
        },
    }
    assert error["payload"]["message"] == "There is nothing in this message."
    assert "id" not in error["payload"]


def test_a_refusal_names_what_it_answers_whatever_that_is() -> None:
    for form in PACED:
        lab = Lab(form)
        (error,) = received(form, lab.refused(refuse(EMPTY), "m1"))
        assert (error["payload"]["code"], error["payload"]["id"]) == ("empty", "m1")
        assert b"unknown_type" in lab.refused(refuse(UNKNOWN_TYPE, type="x" * 1_000), "\U0010ffff" * 128)


def test_clients_of_one_form_share_their_dialect() -> None:
    assert dialect_of(Form()) is dialect_of(Form())
    assert dialect_of(Form(type_key="message_type")) is not dialect_of(Form())
    assert not dialect_of(Form()).echo


# files


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 9])
@pytest.mark.parametrize("name", ["a.txt", 'it\'s "ü" \\.png', "content", "noending"])
@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_a_document_brings_a_file_in_every_form(form: Form, name: str, data: bytes) -> None:
    for words in (FileWords(), FileWords("fname", "file_data", brings="media")):
        parcel = Lab(form).brings(words, name, len(data))
        assert not parcel.raw
        content = base64.b64encode(data)
        whole = parcel.before + parcel.first + content + parcel.last
        assert b"\n" not in parcel.first + parcel.last
        if form.paced:  # as its bytes arrive: the length first, if there is one
            assert parcel.before.count(b"\n") == (form.frame is Frame.LENGTH)
            documents = whole.splitlines()
            if form.frame is Frame.LENGTH:
                assert ast.literal_eval(documents[0].decode()) == {"length": len(documents[1])}
            document = (ast.literal_eval if form.literal else json.loads)(documents[-1].decode())
        else:
            (document,) = received(form, whole)
        payload = {words.name: name, "file_name": name, words.content: content.decode()}
        if words.brings == "media":
            payload["format"] = name.rpartition(".")[2]
        assert document == {form.type_key: words.brings, "payload": payload}


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_a_document_announces_raw_bytes_in_every_form(form: Form) -> None:
    for words in (FileWords(), FileWords("image_name", size="image_size", announces="download_image_ack")):
        parcel = Lab(form).announces(words, "a.png", 5)
        assert (parcel.raw, parcel.first, parcel.last) == (True, b"", b"")
        payload = {words.name: "a.png", "file_name": "a.png", words.size: 5, "file_size": 5}
        assert received(form, parcel.before) == [{form.type_key: words.announces, "payload": payload}]


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_why_a_file_does_not_come(form: Form, raw: bool) -> None:
    (document,) = received(form, Lab(form).withheld(refuse(NO_SUCH_FILE, name="a.txt"), raw=raw))
    notification = raw or form.frame is Frame.LENGTH
    assert document[form.type_key] == spelled(form, "notification" if notification else "error")
    assert document["payload"]["message"] == "The a.txt doesn't exist"
