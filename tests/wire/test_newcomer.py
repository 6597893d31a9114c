"""Who writes documents: a full client, or one of the lab's."""

import pytest

from salon.core.limits import FIRST_DOCUMENT_BYTES
from salon.wire.newcomer import Kind, Newcomers

FULL = [
    b'{"type":"connect","payload":{"name":"ann","version":1}}',
    b' \n{ "payload": {"version": 2, "name": "{\\"}"}, "type": "connect"}\n',
    b'{"type":"connect","payload":{"version":1}}{"type":"message"',
    b'{"type":"ping"}',
]
LAB = [
    b'{"type":"connect","payload":{"name":"ann"}}',
    b'{"type":"connect","payload":{"name":"ann","version":0}}',
    b'{"type":"connect","payload":{"name":"ann","version":"1"}}',
    b'{"type":"connect"}',
    b'{"type":"message","payload":{"text":"hi","version":1}}',
    b'{"type": "msglen", "payload": {"size": "12"}}',
    b'{"length": 12}',
    b'{"message_type": "connect", "payload": {"version": 1}}',
    b'{"type":"connect","payload":"\xff"}',
    b"{}",
    b"{'type': 'connect'}",
    b"43        {",
    b"{x",
    b'{"type":' * 40,
    b'{"' + b"x" * FIRST_DOCUMENT_BYTES,
]


@pytest.mark.parametrize(("data", "kind"), [*((one, Kind.FULL) for one in FULL), *((one, Kind.LAB) for one in LAB)])
def test_who_it_is(data: bytes, kind: Kind) -> None:
    newcomer = Newcomers()
    assert newcomer.feed(data) is kind
    assert newcomer.bytes == data


@pytest.mark.parametrize(("data", "kind"), [(FULL[0], Kind.FULL), (LAB[0], Kind.LAB)])
def test_nothing_is_decided_before_the_document_is_whole(data: bytes, kind: Kind) -> None:
    newcomer = Newcomers()
    assert [newcomer.feed(data[at : at + 1]) for at in range(len(data))] == [None] * (len(data) - 1) + [kind]
    assert newcomer.bytes == data
