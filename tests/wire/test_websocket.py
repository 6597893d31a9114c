"""Frames as a server sends them."""

from hypothesis import given
from hypothesis import strategies as st

from salon.core.events import Entry, Said
from salon.wire.answers import MessageDocument, Pong, PongDocument, decode_answer
from salon.wire.dialect import DOCUMENTS, RoomView
from salon.wire.websocket import WEBSOCKET_DOCUMENTS


def frames(data: bytes) -> list[bytes]:
    """The payloads of unmasked text frames, read as RFC 6455 says, apart from the code that made them."""
    payloads = []
    while data:
        assert data[0] == 0x81
        length, head = data[1], 2
        assert not length & 0x80
        if length == 126:
            length, head = int.from_bytes(data[2:4], "big"), 4
            assert length >= 126
        elif length == 127:
            length, head = int.from_bytes(data[2:10], "big"), 10
            assert length >= 1 << 16
        assert len(data) >= head + length
        payloads.append(data[head : head + length])
        data = data[head + length :]
    return payloads


@given(st.lists(st.one_of(st.text(max_size=300), st.integers(0, 70_000).map("x".__mul__)), min_size=1, max_size=5))
def test_each_document_is_a_frame_of_its_own(texts: list[str]) -> None:
    entries = [Entry(n, 1_000 + n, "ann", 1, Said(text), "id") for n, text in enumerate(texts, 1)]
    sent = frames(WEBSOCKET_DOCUMENTS.entries(RoomView("lobby"), entries))
    told = [decode_answer(payload) for payload in sent]
    assert [one.payload.text for one in told if isinstance(one, MessageDocument)] == texts
    assert b"".join(payload + b"\n" for payload in sent) == DOCUMENTS.entries(RoomView("lobby"), entries)


def test_lengths_around_the_bounds_of_the_head() -> None:
    empty = len(WEBSOCKET_DOCUMENTS.document(PongDocument(Pong("")))) - 2
    for length in (125, 126, 127, 1023, 1024, 65_535, 65_536):
        document = PongDocument(Pong("x" * (length - empty - len(',"id":""') + 1)))
        (payload,) = frames(WEBSOCKET_DOCUMENTS.document(document))
        assert decode_answer(payload) == document


def test_nothing_to_say_is_no_frame() -> None:
    assert WEBSOCKET_DOCUMENTS.settled("lobby", []) == b""
