"""Fetches: the two lines before a file's bytes, however a stream cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import FETCH_LINE_BYTES
from salon.errors import BAD_DOCUMENT, NO_SUCH_FILE, Refusal, SalonError, refuse
from salon.wire.fetching import (
    Fetch,
    FirstLine,
    Found,
    Missing,
    decode_fetch,
    decode_found,
    encode,
    missing,
    span,
)

HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
FETCH = Fetch("ticket", room="lobby", name="a b.txt", sha256=HASH, offset=7, length=9)


@given(st.binary(max_size=50), st.integers(1, 50))
def test_the_bytes_behind_the_line_are_kept_however_it_is_cut(behind: bytes, size: int) -> None:
    stream = encode(FETCH) + behind
    reader, line, at = FirstLine(), None, 0
    while line is None:
        line = reader.feed(stream[at : at + size])
        at += size
    assert decode_fetch(line) == FETCH
    assert reader.rest + stream[at:] == behind


def test_a_line_that_does_not_end_is_refused_at_its_limit() -> None:
    reader = FirstLine()
    assert reader.feed(b"x" * FETCH_LINE_BYTES) is None
    with pytest.raises(SalonError):
        reader.feed(b"x")


def test_a_line_that_comes_at_once_has_the_same_limit() -> None:
    assert FirstLine(4).feed(b"abcd\n") == b"abcd"
    with pytest.raises(SalonError):
        FirstLine(4).feed(b"abcde\n")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"room":"a"}',
        b'{"room":"a","name":"b","id":"c"}',
        b'{"id":"c","offset":-1}',
        b'{"id":"c","length":-1}',
        b'{"id":"c","offset":9223372036854775808}',
        b'{"id":1}',
    ],
)
def test_what_asks_for_nothing_is_refused(line: bytes) -> None:
    refusal = decode_fetch(line)
    assert isinstance(refusal, Refusal)
    assert refusal.code == BAD_DOCUMENT.code


@pytest.mark.parametrize("fetch", [FETCH, Fetch(id="x"), Fetch(room="r", sha256=HASH), Fetch(room="r", name="n")])
def test_a_fetch_comes_as_it_was_sent(fetch: Fetch) -> None:
    assert decode_fetch(encode(fetch)[:-1]) == fetch


@pytest.mark.parametrize(
    "answer",
    [Found(9, HASH, 2, 7), Found(0, "", 0, 0), missing(refuse(NO_SUCH_FILE, name="a")), Missing("x", "y", True)],
)
def test_an_answer_comes_as_it_was_sent(answer: Found | Missing) -> None:
    assert decode_found(encode(answer)[:-1]) == answer


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff",
        b"{}",
        b'{"size":3,"sha256":"","offset":2,"length":2}',
        b'{"size":3,"sha256":"","offset":-1,"length":2}',
        b'{"size":3,"sha256":"","offset":0,"length":-1}',
        b'{"size":3,"sha256":"' + b"G" * 64 + b'","offset":0,"length":3}',
        b'{"size":3,"sha256":"ab","offset":0,"length":3}',
    ],
)
def test_what_tells_of_no_file_is_refused(line: bytes) -> None:
    with pytest.raises(SalonError):
        decode_found(line)


@pytest.mark.parametrize(
    ("offset", "length", "wanted"),
    [(0, None, range(10)), (4, None, range(4, 10)), (4, 3, range(4, 7)), (4, 30, range(4, 10)), (11, 2, range(10, 10))],
)
def test_what_is_wanted_lies_within_the_file(offset: int, length: int | None, wanted: range) -> None:
    assert span(Fetch(id="x", offset=offset, length=length), 10) == wanted


def test_a_refusal_is_an_answer() -> None:
    assert missing(refuse(NO_SUCH_FILE, name="{a}")) == Missing("no_such_file", "The {a} doesn't exist", retry=False)
