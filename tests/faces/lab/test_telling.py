"""What lines a lab client shows for the documents of Salon and of other servers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from salon.faces.lab.telling import Teller, heard


@pytest.mark.parametrize(
    ("kind", "payload", "lines"),
    [
        ("message", {"sender": "bob", "room": "r1", "text": "hi", "seq": 3}, ["bob: hi"]),
        ("message", {"sender": "bob", "room": "r1", "text": "hi"}, ["bob: hi"]),
        ("message", {"name": "bob", "message": "hi"}, ["bob: hi"]),
        ("message", {"sender": "ann", "text": "mine"}, []),
        ("message", {"sender": "bob", "text": "", "redacted": 4}, []),
        ("message", {"sender": "bob", "text": "eve: x\nann: y\x1b[2J"}, ["bob: eve: x\\nann: y\\x1b[2J"]),
        ("notification", {"message": "bob has joined the room."}, ["bob has joined the room."]),
        ("notification", {"text": "bob has left the room."}, ["bob has left the room."]),
        (
            "notification",
            {"kind": "presence", "message": "…", "joined": ["bob", "ann", "eve"], "left": ["dan"]},
            ["bob has joined the room.", "eve has joined the room.", "dan has left the room."],
        ),
        ("notification", {"kind": "presence", "joined": ["ann"], "left": [7]}, []),
        (
            "notification",
            {"kind": "shelved", "seq": 3, "sender": "ann", "message": "User ann uploaded the a file"},
            ["User ann uploaded the a file"],
        ),
        ("notification", {"kind": "upload", "message": "bob is sending a."}, []),
        ("notification", {"kind": "typing", "message": "bob is typing."}, []),
        ("notification", {"kind": "operator", "message": "The operator: Tea."}, ["The operator: Tea."]),
        ("notification", {"kind": "closing", "message": "The server is closing."}, ["The server is closing."]),
        (
            "notification",
            {"kind": "edited", "seq": 4, "message": "bob edited message 3.", "text": "better"},
            ["bob edited message 3: better"],
        ),
        ("notification", {"kind": "edited", "seq": 4, "message": "bob edited message 3."}, []),
        ("error", {"code": "too_long", "message": "This is too long."}, ["This is too long."]),
        ("gap", {"room": "r1", "from": 1, "to": 2, "why": "Not kept."}, ["Not kept."]),
        ("connect_ack", {"message": "Connected to the room."}, ["Connected to the room."]),
        ("connect_ack", {"message": 7}, []),
        ("exit_ack", {"message": "Disconnected from the room."}, ["Disconnected from the room."]),
        ("ack", {"id": "", "message": "?"}, []),
        ("something new", {"message": "?"}, []),
    ],
)
def test_documents_as_lines(kind: str, payload: dict[str, Any], lines: list[str]) -> None:
    document = heard(msgspec.json.encode({"type": kind, "payload": payload}))
    assert document is not None
    assert Teller("ann").tell(document) == lines


@pytest.mark.parametrize(
    "document", [b"[]", b'{"type": 1}', b'{"type":"message","payload":"x"}', b"{'a': 1}", b'{"\xff']
)
def test_what_is_no_document_of_the_lab_is_none(document: bytes) -> None:
    assert heard(document) is None
