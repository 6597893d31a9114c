"""Bytes of a server into documents."""

from __future__ import annotations

import errno
import socket

import pytest

from salon.client import connection as module
from salon.client.connection import Connection
from salon.client.mirror import Hole
from salon.client.reasons import reason
from salon.wire.answers import AnyDocument, Pong, PongDocument


class Transport:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def __getattr__(self, name: str) -> object:
        return lambda *data: self.did.append(name)

    def is_closing(self) -> bool:
        return False


class Line:
    """A connection without a network."""

    def __init__(self) -> None:
        self.documents: list[AnyDocument] = []
        self.lost: list[str] = []
        self.connection = Connection(self.take, self.lost.append)
        self.transport = Transport()
        self.connection.connection_made(self.transport)  # type: ignore[arg-type]

    def take(self, document: AnyDocument) -> None:
        if document == PongDocument(Pong("hole")):
            raise Hole("lobby", 3, 4)
        self.documents.append(document)


def pong(id_: str) -> bytes:
    return b'{"type":"pong","payload":{"id":"%s"}}\n' % id_.encode()


def test_documents_in_pieces_of_any_size() -> None:
    stream = b"".join(pong(f"é{n}") for n in range(5)) + b"\n"
    for size in range(1, len(stream) + 1):
        line = Line()
        for at in range(0, len(stream), size):
            line.connection.data_received(stream[at : at + size])
        assert line.documents == [PongDocument(Pong(f"é{n}")) for n in range(5)]
        assert not line.lost


def test_types_that_newer_servers_have_are_passed_over() -> None:
    line = Line()
    line.connection.data_received(b'{"type":"novelty","payload":7}\n' + pong("1"))
    assert line.documents == [PongDocument(Pong("1"))]


@pytest.mark.parametrize("data", [b"220 hello\r\n", b'{"type":"pong","payload":7}\n', b"\xff\n", b"[]\n", b"{}\n"])
def test_what_is_no_document_ends_it(data: bytes) -> None:
    line = Line()
    line.connection.data_received(pong("1") + data + pong("2"))
    assert line.documents == [PongDocument(Pong("1"))]
    assert line.lost == ["something else than Salon answers there"]
    assert line.connection.faulty
    assert line.transport.did == ["abort"]


def test_a_line_without_end_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_BYTES", 100)
    line = Line()
    line.connection.data_received(b"{" * 60)
    assert not line.lost
    line.connection.data_received(b"{" * 60)
    assert line.lost == ["something else than Salon answers there"]


def test_a_hole_ends_it_and_nothing_behind_it_is_looked_at() -> None:
    line = Line()
    line.connection.data_received(pong("hole") + pong("2"))
    line.connection.data_received(pong("3"))
    assert line.documents == []
    assert line.lost == ["entries 3 to 4 of lobby are missing"]
    line.connection.connection_lost(None)
    assert len(line.lost) == 1


def test_why_it_was_lost() -> None:
    for error, why in (
        (None, "the server closed it"),
        (ConnectionResetError(errno.ECONNRESET, ""), "connection reset by peer"),
    ):
        line = Line()
        line.connection.connection_lost(error)
        assert line.lost == [why]
        line.connection.write(b"too late")
        line.connection.hold(True)
        assert line.transport.did == []


def test_closing_is_not_being_lost() -> None:
    line = Line()
    line.connection.close()
    line.connection.connection_lost(None)
    assert line.lost == []


def test_holding_back() -> None:
    line = Line()
    for wanted in (True, True, False, False):
        line.connection.hold(wanted)
        assert line.connection.held is wanted
    assert line.transport.did == ["pause_reading", "resume_reading"]


def test_reasons_are_plain_words() -> None:
    refused = "[Errno 111] Connect call failed ('::1', 1), [Errno 111] Connect call failed ('127.0.0.1', 1)"
    assert reason(OSError(f"Multiple exceptions: {refused}")) == "connection refused"
    assert reason(socket.gaierror(-2, "Name or service not known")) == "there is no such host"
    assert reason(ValueError("odd")) == "odd"
