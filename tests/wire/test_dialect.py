"""What full clients are told, as golden values: a change here is a change of the protocol."""

from __future__ import annotations

import msgspec
import pytest

from salon.core.batch import Kept
from salon.core.commands import Command, Edit, Say
from salon.core.events import Edited, Entry, Event, Redacted, Said, Shelved, TopicChanged, Unshelved
from salon.core.filenames import SafeName
from salon.core.people import Person
from salon.errors import DISK_FULL, EMPTY, NAME_TAKEN, Refusal, refuse
from salon.wire import answers
from salon.wire.dialect import DOCUMENTS, RoomView, document_of

LOBBY = RoomView("lobby")
ANN, BOB = Person("ann", 5), Person("bob", -9)
PRIVATE = RoomView("@ann:bob", (ANN, BOB))


def entry(event: Event, person: Person = ANN, command_id: str = "") -> Entry:
    return Entry(7, 1_700_000_000_123, person.name, person.number, event, command_id)


MESSAGE = '{"type":"message","payload":{"sender":"ann","room":"lobby","text":"hi","seq":7,"time":1700000000123'
NOTE = '"room":"lobby","seq":7,"time":1700000000123,"sender":"ann"'


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (entry(Said("hi")), MESSAGE + "}}"),
        (entry(Said("hi"), command_id="x1"), MESSAGE + ',"id":"x1"}}'),
        (entry(Said("hi", edited=9)), MESSAGE + ',"edited":9}}'),
        (
            entry(Said("", redacted=9)),
            MESSAGE.replace('"hi"', '""') + ',"redacted":9}}',
        ),
        (
            entry(Edited(3, "ho")),
            '{"type":"notification","payload":{"message":"ann edited message 3.","kind":"edited",'
            + NOTE
            + ',"target":3,"text":"ho"}}',
        ),
        (
            entry(Edited(3)),
            '{"type":"notification","payload":{"message":"ann edited message 3.","kind":"edited",'
            + NOTE
            + ',"target":3}}',
        ),
        (
            entry(Redacted(3)),
            '{"type":"notification","payload":{"message":"ann deleted message 3.","kind":"redacted",'
            + NOTE
            + ',"target":3}}',
        ),
        (
            entry(TopicChanged("tea")),
            '{"type":"notification","payload":{"message":"ann set the topic: tea","kind":"topic",'
            + NOTE
            + ',"topic":"tea"}}',
        ),
        (
            entry(TopicChanged("")),
            '{"type":"notification","payload":{"message":"ann took the topic away.","kind":"topic",'
            + NOTE
            + ',"topic":""}}',
        ),
        (
            entry(Shelved(SafeName("a.txt"), 5, "ab")),
            '{"type":"notification","payload":{"message":"User ann uploaded the a.txt file","kind":"shelved",'
            + NOTE
            + ',"name":"a.txt","size":5,"sha256":"ab"}}',
        ),
        (
            entry(Unshelved(SafeName("a.txt"), "ab", 5)),
            '{"type":"notification","payload":{"message":"a.txt left the shelf (the 5 newest are kept)",'
            '"kind":"unshelved",' + NOTE + ',"name":"a.txt","sha256":"ab"}}',
        ),
    ],
)
def test_an_entry(told: Entry, line: str) -> None:
    assert DOCUMENTS.entries(LOBBY, [told]).decode() == line + "\n"
    assert msgspec.json.encode(document_of(LOBBY, told)).decode() == line


def test_entries_are_a_line_each_in_their_order() -> None:
    lines = DOCUMENTS.entries(LOBBY, [entry(Said("one\ntwo")), entry(TopicChanged("tea")), entry(Said("three"))])
    assert [type(answers.decode_answer(line)).__name__ for line in lines.splitlines()] == [
        "MessageDocument",
        "NotificationDocument",
        "MessageDocument",
    ]


@pytest.mark.parametrize(("speaker", "to"), [(ANN, "bob"), (BOB, "ann")])
def test_a_private_message_says_to_whom(speaker: Person, to: str) -> None:
    line = DOCUMENTS.entries(PRIVATE, [entry(Said("hi"), speaker)])
    document = answers.decode_answer(line)
    assert isinstance(document, answers.MessageDocument)
    assert (document.payload.sender, document.payload.to, document.payload.room) == (speaker.name, to, "@ann:bob")


def test_nobody_is_addressed_in_an_open_room() -> None:
    assert LOBBY.other(5) == ""


OUTCOMES: list[tuple[Command, Kept | Refusal]] = [
    (Say("hi", id="a"), Kept(3, 99, 0)),
    (Say("no id"), Kept(4, 99, 0)),
    (Edit(1, "", id="b"), refuse(EMPTY)),
    (Say(""), refuse(EMPTY)),
]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            DOCUMENTS.presence(LOBBY, ["ann", "bob"], ["cy"]),
            '{"type":"notification","payload":{"message":"ann has joined the room. bob has joined the room. '
            'cy has left the room.","kind":"presence","room":"lobby","joined":["ann","bob"],"left":["cy"]}}\n',
        ),
        (
            DOCUMENTS.members(LOBBY, ["ann", "bob"]),
            '{"type":"notification","payload":{"message":"2 are here.","kind":"members","room":"lobby",'
            '"members":["ann","bob"]}}\n',
        ),
        (
            DOCUMENTS.gap(LOBBY, 1, 9, "Gone."),
            '{"type":"gap","payload":{"room":"lobby","from":1,"to":9,"why":"Gone."}}\n',
        ),
        (
            DOCUMENTS.notice("typing", "ann is typing.", "lobby", "ann"),
            '{"type":"notification","payload":{"message":"ann is typing.","kind":"typing","room":"lobby",'
            '"sender":"ann"}}\n',
        ),
        (
            DOCUMENTS.notice("closing", "The server is closing."),
            '{"type":"notification","payload":{"message":"The server is closing.","kind":"closing"}}\n',
        ),
        (
            DOCUMENTS.settled("lobby", OUTCOMES),
            '{"type":"ack","payload":{"id":"a","room":"lobby","seq":3,"time":99}}\n'
            '{"type":"error","payload":{"code":"empty","message":"There is nothing in this message.","id":"b"}}\n'
            '{"type":"error","payload":{"code":"empty","message":"There is nothing in this message."}}\n',
        ),
        (
            DOCUMENTS.refused(refuse(NAME_TAKEN, name="ann"), "c"),
            '{"type":"error","payload":{"code":"name_taken","message":"Name \\"ann\\" is taken. Try another.",'
            '"id":"c","fields":{"name":"ann"}}}\n',
        ),
        (
            DOCUMENTS.refused(refuse(DISK_FULL)),
            '{"type":"error","payload":{"code":"disk_full","message":"The server\'s disk is full; nothing was kept. '
            'Try again later.","retry":true}}\n',
        ),
    ],
)
def test_all_else(data: bytes, expected: str) -> None:
    assert data.decode() == expected
    for line in data.splitlines():
        answers.decode_answer(line)


def test_what_is_settled_without_a_word_is_nothing_on_the_wire() -> None:
    assert DOCUMENTS.settled("lobby", [(Say("hi"), Kept(1, 1, 0))]) == b""


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            answers.ConnectAckDocument(
                answers.ConnectAck("ann", {"lobby": answers.Bounds(1, 9, 4)}, 1, "Connected to the room.", id="c")
            ),
            '{"type":"connect_ack","payload":{"name":"ann","rooms":{"lobby":{"first":1,"seq":9,"read":4}},"version":1,'
            '"message":"Connected to the room.","id":"c"}}\n',
        ),
        (answers.PongDocument(answers.Pong("p")), '{"type":"pong","payload":{"id":"p"}}\n'),
        (
            answers.ExitAckDocument(answers.ExitAck("Disconnected from the room.")),
            '{"type":"exit_ack","payload":{"message":"Disconnected from the room."}}\n',
        ),
        (
            answers.ListDocument(answers.Listing("rooms", rooms=[answers.RoomLine("lobby", 9, 2, "tea")], id="l")),
            '{"type":"list","payload":{"what":"rooms","rooms":[{"name":"lobby","seq":9,"here":2,"topic":"tea"}],"id":"l"}}\n',
        ),
        (
            answers.HistoryDocument(
                answers.HistoryPayload("lobby", [document_of(LOBBY, entry(Said("hi")))], 1, 7, "h")
            ),
            '{"type":"history","payload":{"room":"lobby","entries":[' + MESSAGE + '}}],"first":1,"seq":7,"id":"h"}}\n',
        ),
    ],
)
def test_answers(document: answers.Document, expected: str) -> None:
    assert answers.encode(document).decode() == expected
    assert answers.decode_answer(expected.encode()) == document
