"""Where a dialect does not echo, nobody is shown their own words, and all others still share one piece."""

from __future__ import annotations

from salon.core.events import Entry, Event, Said, Shelved
from salon.core.filenames import SafeName
from salon.core.people import Person
from salon.hall.ring import Item, Ring
from salon.wire.dialect import DOCUMENTS, RoomView
from salon.wire.lines import LINES

LOBBY = RoomView("lobby")
ANN, BOB, CARL = Person("ann", 1), Person("bob", 2), Person("carl", -3)


def entry(seq: int, author: Person, event: Event) -> Entry:
    return Entry(seq, 1_000, author.name, author.number, event)


def ring_of(*batches: list[Entry]) -> Ring:
    ring = Ring(0)
    for batch in batches:
        ring.add_entries(batch)
    return ring


def test_who_said_nothing_shares_the_piece_and_who_did_gets_one_of_their_own() -> None:
    ring = ring_of([entry(1, ANN, Said("a")), entry(2, BOB, Said("b"))], [entry(3, ANN, Said("c"))])
    piece = ring.piece(0, LINES, LOBBY)
    assert piece is ring.piece(0, LINES, LOBBY)
    assert piece.data == b"ann: a\nbob: b\nann: c\n"
    assert piece.whose == {ANN.number, BOB.number}
    assert ring.data_without(piece, ANN, LINES, LOBBY) == b"bob: b\n"
    assert ring.data_without(piece, BOB, LINES, LOBBY) == b"ann: a\nann: c\n"
    assert ring.data_without(piece, CARL, LINES, LOBBY) == piece.data


def test_a_piece_in_the_middle_of_the_ring() -> None:
    ring = ring_of([entry(1, ANN, Said("a"))], [entry(2, ANN, Said("b"))], [entry(3, BOB, Said("c"))])
    piece = ring.piece(1, LINES, LOBBY)
    assert ring.data_without(piece, ANN, LINES, LOBBY) == b"bob: c\n"


def test_nobody_sees_themselves_come_and_go() -> None:
    ring = Ring(0)
    ring.add(Item(0, joined=["ann", "bob"], left=["carl"]))
    piece = ring.piece(0, LINES, LOBBY)
    assert ring.data_without(piece, ANN, LINES, LOBBY) == b"* bob has joined the room.\n* carl has left the room.\n"
    ring.add(Item(0, joined=["dora"]))
    alone = ring.piece(1, LINES, LOBBY)
    assert ring.data_without(alone, Person("dora", 4), LINES, LOBBY) == b""


def test_that_a_file_has_arrived_is_news_to_its_sender() -> None:
    ring = ring_of([entry(1, ANN, Said("look")), entry(2, ANN, Shelved(SafeName("a.png"), 1, "0" * 64))])
    piece = ring.piece(0, LINES, LOBBY)
    assert ring.data_without(piece, ANN, LINES, LOBBY) == b"* User ann uploaded the a.png file\n"


def test_a_dialect_that_echoes_has_one_piece_for_all() -> None:
    ring = ring_of([entry(1, ANN, Said("a"))])
    assert not ring.piece(0, DOCUMENTS, LOBBY).whose
