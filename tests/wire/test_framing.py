from __future__ import annotations

import time
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import DOCUMENT_BYTES, DOCUMENT_DEPTH, DOCUMENT_TOKENS, MIB
from salon.errors import BAD_DOCUMENT, DOCUMENT_TOO_LARGE
from salon.wire.framing import DocumentScanner

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_documents = st.dictionaries(st.text(max_size=5), _values, max_size=4).map(msgspec.json.encode)
_blanks = st.sampled_from([b"", b"\n", b"\r\n", b" \t ", b"\n\n"])


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[begin:end] for begin, end in pairwise(places)]


@given(st.lists(st.tuples(_documents, _blanks), max_size=6), st.lists(st.integers(0), max_size=12))
def test_documents_do_not_depend_on_how_they_are_cut(sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    stream = b"".join(document + blank for document, blank in sent)
    expected = [document for document, _ in sent]
    assert DocumentScanner().feed(stream) == expected
    bytewise, cut = DocumentScanner(), DocumentScanner()
    assert [one for byte in stream for one in bytewise.feed(bytes([byte]))] == expected
    assert [one for piece in pieces(stream, cuts) for one in cut.feed(piece)] == expected
    for scanner in (bytewise, cut):
        assert scanner.idle
        assert not scanner.held
        assert scanner.broken is None


def test_brackets_and_quotes_inside_strings_are_text() -> None:
    document = rb'{"a":"}{][\"\\","b":"\\\\"}'
    for cut in range(len(document) + 1):
        scanner = DocumentScanner()
        assert scanner.feed(document[:cut]) + scanner.feed(document[cut:]) == [document]


def test_a_character_may_be_cut_in_the_middle() -> None:
    document = '{"text":"🦆"}'.encode()
    scanner = DocumentScanner()
    assert scanner.feed(document[:11]) == []
    assert (scanner.idle, scanner.held) == (False, 11)
    assert scanner.feed(document[11:]) == [document]


@pytest.mark.parametrize("stream", [b"hello", b"[1]", b'"text"', b"}", b"\xff", b"\0", b"\xef\xbb\xbf{}", b"1{}"])
def test_what_is_no_object_breaks_the_stream(stream: bytes) -> None:
    scanner = DocumentScanner()
    assert scanner.feed(b'{"a":1} ' + stream) == [b'{"a":1}']
    assert scanner.broken is not None
    assert scanner.broken.problem is BAD_DOCUMENT
    assert scanner.feed(b"{}") == []
    assert not scanner.held


def test_too_deep_breaks_the_stream_and_nothing_is_kept() -> None:
    allowed = b'{"a":' * DOCUMENT_DEPTH + b"1" + b"}" * DOCUMENT_DEPTH
    assert DocumentScanner().feed(allowed) == [allowed]
    scanner = DocumentScanner()
    assert scanner.feed(b'{"a":' * 10_000) == []
    assert scanner.broken is not None
    assert "deep" in scanner.broken.message
    assert not scanner.held


def test_too_many_parts_break_the_stream() -> None:
    def document(tokens: int) -> bytes:  # an object's two brackets, a list's two, and strings
        return b'{"a":[' + b",".join([b'""'] * (tokens - 5)) + b"]}"

    assert len(DocumentScanner().feed(document(DOCUMENT_TOKENS))) == 1
    scanner = DocumentScanner()
    assert scanner.feed(document(DOCUMENT_TOKENS + 1)) == []
    assert scanner.broken is not None
    assert "parts" in scanner.broken.message


def test_the_count_of_parts_begins_anew_with_each_document() -> None:
    scanner = DocumentScanner()
    assert len(scanner.feed(b"{}" * DOCUMENT_TOKENS)) == DOCUMENT_TOKENS
    assert scanner.broken is None


@pytest.mark.parametrize("at_once", [True, False])
def test_one_byte_too_many_breaks_the_stream(at_once: bool) -> None:
    document = b'{"a":"' + b"x" * 92 + b'"}'
    for limit, whole in ((100, [document]), (99, [])):
        scanner = DocumentScanner(limit)
        fed = [document] if at_once else [document[:50], document[50:]]
        assert [one for piece in fed for one in scanner.feed(piece)] == whole
        assert (scanner.broken is None) is bool(whole)


def test_64_mib_without_an_end_are_not_kept() -> None:
    scanner = DocumentScanner()
    piece = b"x" * MIB
    scanner.feed(b'{"text":"')
    held = []
    for _ in range(64):
        assert scanner.feed(piece) == []
        held.append(scanner.held)
    assert max(held) <= DOCUMENT_BYTES
    assert held[-1] == 0
    assert scanner.broken is not None
    assert scanner.broken.problem is DOCUMENT_TOO_LARGE


class Counting(DocumentScanner):
    """Counts the bytes that were looked at."""

    looked = 0

    def _scan(self, data: bytes, at: int) -> int:
        end = super()._scan(data, at)
        self.looked += end - at
        return end


def test_a_large_document_in_small_pieces_is_looked_at_once() -> None:
    document = b'{"text":"' + b"x\\n" * (DOCUMENT_BYTES // 3 - 10) + b'"}'
    scanner = Counting()
    began = time.perf_counter()
    whole = [one for piece in pieces(document, list(range(0, len(document), 1024))) for one in scanner.feed(piece)]
    took = time.perf_counter() - began
    assert whole == [document]
    assert scanner.looked == len(document)
    assert took < 1.0  # 8,192 pieces; it takes some 50 ms
