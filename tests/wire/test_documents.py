from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.commands import ChangeTopic, Delete, Edit, Say
from salon.core.limits import DOCUMENT_DEPTH
from salon.errors import BAD_DOCUMENT, UNKNOWN_TYPE
from salon.wire.documents import (
    VOCABULARY,
    Connect,
    DocumentReader,
    Download,
    Exit,
    History,
    Join,
    Leave,
    List,
    Payload,
    Ping,
    Read,
    Refused,
    Typing,
    Upload,
    decode,
)


@pytest.mark.parametrize(
    ("document", "payload"),
    [
        ('{"type":"connect","payload":{"name":"ann"}}', Connect("ann")),
        (
            '{"type":"connect","payload":{"name":"ann","version":1,"client":"ab","rooms":{"r":-5},"id":"c"}}',
            Connect("ann", "", 1, "ab", {"r": -5}, id="c"),
        ),
        (
            '{"type":"connect","payload":{"name":"ann","recent":5,"rename":true}}',
            Connect("ann", recent=5, rename=True),
        ),
        ('{"type":"message","payload":{"text":"hi","room":"r","id":"1"}}', Say("hi", "r", id="1")),
        ('{"type":"message","payload":{"text":"hi","to":"bob"}}', Say("hi", to="bob")),
        ('{"type":"edit","payload":{"seq":3,"text":"ho"}}', Edit(3, "ho")),
        ('{"type":"delete","payload":{"seq":3}}', Delete(3)),
        ('{"type":"topic","payload":{"text":"tea"}}', ChangeTopic("tea")),
        ('{"type":"join","payload":{"room":"r"}}', Join("r", None)),
        ('{"type":"join","payload":{"room":"r","since":0}}', Join("r", 0)),
        ('{"type":"leave","payload":{"room":"r"}}', Leave("r")),
        ('{"type":"history"}', History("", 0, 50)),
        ('{"type":"history","payload":{"before":7,"limit":2}}', History("", 7, 2)),
        ('{"type":"list","payload":{"what":"rooms"}}', List("rooms")),
        ('{"type":"typing"}', Typing()),
        ('{"type":"read","payload":{"seq":4}}', Read(4)),
        ('{"type":"upload","payload":{"file_name":"a","content":"aGk="}}', Upload("a", "aGk=")),
        ('{"type":"upload","payload":{"file_name":"a","file_size":3}}', Upload("a", file_size=3)),
        ('{"type":"download","payload":{"file_name":"a","room":"r"}}', Download("a", room="r")),
        ('{"type":"ping","payload":{"id":"p"}}', Ping("p")),
        ('{"type":"ping"}', Ping()),
        ('{"type":"exit"}', Exit()),
        ('{"type":"disconnect","payload":{}}', Exit()),
        ('{"payload":{"text":"hi"},"type":"message"}', Say("hi")),
    ],
)
def test_the_vocabulary(document: str, payload: Payload) -> None:
    assert decode(document.encode()) == payload


@pytest.mark.parametrize("kind", VOCABULARY)
def test_unknown_fields_are_ignored(kind: str) -> None:
    fields: dict[str, Any] = {
        "name": "n",
        "text": "t",
        "room": "r",
        "seq": 1,
        "what": "rooms",
        "id": "7",
        "file_name": "f",
        "owner": "o",
        "request": "q",
    }
    document = {"type": kind, "payload": {**fields, "later": {"a": [1]}}, "more": 1}
    payload = decode(msgspec.json.encode(document))
    assert type(payload) is VOCABULARY[kind]
    assert payload.id == "7"


@pytest.mark.parametrize(
    "document",
    [
        '{"type":"message","payload":{"id":"7"}}',
        '{"type":"message","payload":{"id":"7","text":5}}',
        '{"type":"message","payload":{"id":"7","text":null}}',
        '{"type":"edit","payload":{"id":"7","seq":"3","text":"x"}}',
        '{"type":"edit","payload":{"id":"7","seq":3.5,"text":"x"}}',
        '{"type":"connect","payload":{"id":"7","name":"ann","rooms":[]}}',
        '{"type":"connect","payload":{"id":"7","name":"ann","rooms":{"r":"x"}}}',
    ],
)
def test_a_payload_of_another_shape_is_refused_with_its_id(document: str) -> None:
    refused = decode(document.encode())
    assert isinstance(refused, Refused)
    assert (refused.id, refused.refusal.problem) == ("7", BAD_DOCUMENT)
    assert refused.refusal.message


def test_an_unknown_type_is_refused_with_its_id() -> None:
    refused = decode(b'{"type":"dance","payload":{"id":"7"}}')
    assert isinstance(refused, Refused)
    assert (refused.id, refused.refusal.problem) == ("7", UNKNOWN_TYPE)
    assert "dance" in refused.refusal.message


@pytest.mark.parametrize(
    "document",
    [
        b"{}",
        b'{"type":5}',
        b'{"type":"ping","payload":[]}',
        b'{"type":"ping","payload":null}',
        b'{"type":"ping","payload":{"id":5}}',
        b'{"type":"dance","payload":"x"}',
        b"{]",
        b"{nonsense}",
        b'{"a":1,}',
        b'{"type":"message","payload":{"text":"\\ud800"}}',
        b'{"type":"message","payload":{"text":"\\udc00x"}}',
        b'{"type":"message","payload":{"text":"\xed\xa0\x80"}}',
        b'{"type":"message","payload":{"text":"\xff"}}',
        b'{"type":"\xff","payload":{}}',
        b'{"type":"message","payload":{"text":"raw\ncontrol"}}',
        b'{"type":"message","payload":{"text":"\0"}}',
        b'{"type":"message","payload":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"type":"message","payload":{"text":"a","x":' + b"9" * 5000 + b"}}",
    ],
)
def test_nonsense_is_refused_and_the_connection_goes_on(document: bytes) -> None:
    reader = DocumentReader()
    refused = decode(document)
    if isinstance(refused, Refused):
        assert refused.refusal.problem in (BAD_DOCUMENT, UNKNOWN_TYPE)
        assert refused.refusal.message.encode()  # there is nothing in it that could not be sent
    else:
        assert refused == Say("a")  # a number nobody reads may be as long as it wants
    if document.count(b"[") + document.count(b"{") < DOCUMENT_DEPTH:
        said = reader.feed(document + b'{"type":"ping"}\n')
        assert said[-1] == Ping()
        assert reader.broken is None


@pytest.mark.parametrize("number", [2**53 + 1, 2**63, 2**70, -(2**53) - 1])
@pytest.mark.parametrize("kind", ["edit", "delete", "read", "join", "history"])
def test_a_number_that_no_log_reaches_is_refused(kind: str, number: int) -> None:
    payload = {"text": "x", "room": "r", "id": "7", "seq": number, "since": number, "before": number}
    refused = decode(msgspec.json.encode({"type": kind, "payload": payload}))
    assert isinstance(refused, Refused)
    assert (refused.id, refused.refusal.problem) == ("7", BAD_DOCUMENT)


_texts = st.text(max_size=12)
_payloads = st.one_of(
    st.builds(Say, _texts, room=_texts, id=_texts),
    st.builds(Edit, st.integers(0, 99), _texts),
    st.builds(Join, _texts, st.integers(-9, 99), id=_texts),
    st.builds(Ping, _texts),
)
_ENDS = st.sampled_from([b"", b"\n", b"\r\n", b" ", b"\n\n"])


def document_of(payload: Payload) -> bytes:
    kind = next(kind for kind, shape in VOCABULARY.items() if shape is type(payload))
    return msgspec.json.encode({"type": kind, "payload": payload})


@given(st.lists(st.tuples(_payloads, _ENDS, st.booleans()), max_size=8), st.lists(st.integers(0), max_size=8))
def test_what_is_read_does_not_depend_on_cuts_and_newlines(
    said: list[tuple[Payload, bytes, bool]], cuts: list[int]
) -> None:
    expected = [payload for payload, _, _ in said]
    stream = b""
    for payload, end, pretty in said:
        document = document_of(payload)
        stream += (msgspec.json.format(document, indent=1) if pretty else document) + end
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for fed in ([stream], [stream[a:b] for a, b in pairwise(places)], [bytes([byte]) for byte in stream]):
        reader = DocumentReader()
        assert [payload for piece in fed for payload in reader.feed(piece)] == expected
        assert reader.broken is None
        assert reader.idle


@given(st.lists(st.one_of(st.binary(max_size=30), _payloads.map(document_of), st.just(b"\n")), max_size=8))
def test_no_bytes_raise_anything(stream: list[bytes]) -> None:
    reader = DocumentReader()
    for piece in stream:
        for payload in reader.feed(piece):
            assert isinstance(payload, Payload)
    if reader.broken is not None:
        assert reader.broken.message


def test_good_lines_behind_nonsense_of_the_same_piece_are_read() -> None:
    stream = b'{"type":"ping"}\n{"type":"dance"}\n{"type":"exit"}\n'
    kinds = [type(payload) for payload in DocumentReader().feed(stream)]
    assert kinds == [Ping, Refused, Exit]


def test_nothing_is_read_behind_what_cannot_be_followed() -> None:
    reader = DocumentReader()
    assert reader.feed(b'{"type":"ping"}\nhello\n{"type":"ping"}\n') == [Ping()]
    assert reader.broken is not None
    assert reader.feed(b'{"type":"ping"}\n') == []


class Watched(bytes):
    """Bytes that count how often somebody looked for a newline in them."""

    looks = 0

    def rfind(self, *arguments: Any) -> int:
        type(self).looks += 1
        return super().rfind(*arguments)


def test_many_documents_without_newlines_are_not_searched_again_for_each() -> None:
    Watched.looks = 0
    assert len(DocumentReader().feed(Watched(b'{"type":"ping"}' * 1000))) == 1000
    assert Watched.looks == 1


def test_a_whole_piece_of_tiny_documents_takes_little_time() -> None:
    began = time.perf_counter()
    assert len(DocumentReader().feed(b"{}" * 131_072)) == 131_072
    assert time.perf_counter() - began < 10  # 256 KiB, what one look at a socket brings at most; it takes some 350 ms
