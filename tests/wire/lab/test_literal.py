"""Python's repr, cut out of a stream and turned into JSON."""

import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import DOCUMENT_DEPTH, DOCUMENT_TOKENS
from salon.errors import BAD_DOCUMENT, DOCUMENT_TOO_LARGE
from salon.wire.lab.literal import LiteralScanner, json_of

_texts = st.text(st.characters(codec="utf-8"))
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=10,
)
_documents = st.dictionaries(_texts, _values, max_size=4)


def cut(data: bytes, size: int, limit: int = 1 << 20) -> tuple[list[bytes], LiteralScanner]:
    """The literals in these bytes, which come in pieces."""
    scanner = LiteralScanner(limit)
    found = []
    for begin in range(0, len(data), size):
        piece, at = data[begin : begin + size], 0
        while at < len(piece):
            document, at = scanner.next(piece, at)
            if document is not None:
                found.append(document)
    return found, scanner


@given(st.lists(_documents, max_size=4), st.sampled_from(["", " ", "\n"]), st.integers(1, 40))
def test_what_python_wrote_is_read_as_python_would(documents: list[dict[str, Any]], between: str, size: int) -> None:
    data = between.join(map(repr, documents)).encode()
    found, scanner = cut(data, size)
    assert [json.loads(json_of(one)) for one in found] == documents
    assert scanner.broken is None
    assert scanner.idle


@pytest.mark.parametrize(
    "literal",
    [
        "{'a': 'it\\'s'}",
        """{'a': "it's", "b": '"'}""",
        r"{'a': '\x1b\u20ac\U0001f600\n\r\t\\ \q'}",
        "{'a': 'x\\\ny'}",
        "{'a': u'b', 'c': [True, False, None]}",
        "{'a': '}{', 'b': '[\\''}",
    ],
)
def test_escapes(literal: str) -> None:
    wanted = ast.literal_eval(literal.replace("\\q", "q"))
    assert json.loads(json_of(literal.encode())) == wanted


def test_bytes_are_read_as_text() -> None:
    assert json.loads(json_of(rb"{'content': b'aGk='}")) == {"content": "aGk="}


def test_what_is_no_character_is_replaced() -> None:
    assert json.loads(json_of(rb"{'a': '\ud800\U00110000'}")) == {"a": "\ufffd\ufffd"}


@pytest.mark.parametrize("code", [b"{'a': __import__('os')}", b"{'a': open}", b"{'a': ('b',)}", b"{'a': 1 + 1}"])
def test_nothing_is_evaluated(code: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(json_of(code))


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{'a': 1} x", "begin with {"),
        (b"{'a':" * (DOCUMENT_DEPTH + 1), "too deep"),
        (b"{'a': '" + b"\\\\" * DOCUMENT_TOKENS, "too many parts"),
    ],
)
def test_a_stream_that_cannot_be_followed_ends(data: bytes, why: str, size: int) -> None:
    _, scanner = cut(data, size)
    assert scanner.broken is not None
    assert scanner.broken.problem is BAD_DOCUMENT
    assert why in scanner.broken.message
    assert scanner.next(b"{}", 0) == (None, 2)


def test_a_literal_that_is_too_large_is_refused() -> None:
    _, scanner = cut(b"{'a': '" + b"x" * 100 + b"'}", 10, limit=50)
    assert scanner.broken is not None
    assert scanner.broken.problem is DOCUMENT_TOO_LARGE
