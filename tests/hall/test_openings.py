"""Tickets for UDP: once, not for long, and only so many; and what the operator sees of what they open."""

from __future__ import annotations

import io

from salon.core.limits import HALTED, HALTED_SECONDS, OPENING_SECONDS, OPENINGS
from salon.core.people import NOBODY, Person
from salon.errors import BAD_TICKET, TOO_MANY_OVER_UDP, UDP_FULL, Refusal
from salon.hall.happenings import Happenings
from salon.hall.openings import Opening, Openings
from salon.hall.sending import Sending
from salon.hall.shelving import Opened
from salon.hall.transfers import Transfers

ANN, BOB = Person("ann", 1), Person("bob", 2)


class Clock:
    """Milliseconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


def redeemed(openings: Openings, person: Person, where: str = "10.0.0.1") -> Opening:
    opening = openings.redeem(openings.ticket(person, where))
    assert isinstance(opening, Opening)
    return opening


def code(outcome: Opening | Refusal) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


class TestTickets:
    def test_a_ticket_is_good_once(self) -> None:
        openings = Openings(Clock(), 9, 9)
        ticket = openings.ticket(ANN, "10.0.0.1")
        opening = openings.redeem(ticket)
        assert isinstance(opening, Opening)
        assert opening.person == ANN
        assert code(openings.redeem(ticket)) == BAD_TICKET.code
        assert code(openings.redeem("")) == BAD_TICKET.code

    def test_a_ticket_is_good_for_half_a_minute(self) -> None:
        clock = Clock()
        openings = Openings(clock, 9, 9)
        old, young = openings.ticket(ANN, ""), openings.ticket(ANN, "")
        clock.now += OPENING_SECONDS * 1000 - 1
        assert isinstance(openings.redeem(young), Opening)
        clock.now += 1
        assert code(openings.redeem(old)) == BAD_TICKET.code

    def test_tickets_that_nobody_shows_are_forgotten(self) -> None:
        clock = Clock()
        openings = Openings(clock, 9, 9)
        first, second = openings.ticket(ANN, ""), openings.ticket(ANN, "")
        for _ in range(OPENINGS - 1):
            openings.ticket(BOB, "")
        assert code(openings.redeem(first)) == BAD_TICKET.code
        assert isinstance(openings.redeem(second), Opening)
        clock.now += OPENING_SECONDS * 1000
        openings.ticket(ANN, "")
        assert len(openings._waiting) == 1

    def test_the_server_opens_only_so_many(self) -> None:
        openings = Openings(Clock(), 2, 9)
        one = redeemed(openings, ANN)
        redeemed(openings, BOB)
        assert code(openings.redeem(openings.ticket(ANN, ""))) == UDP_FULL.code
        openings.end(one)
        redeemed(openings, ANN)

    def test_one_person_opens_only_so_many(self) -> None:
        openings = Openings(Clock(), 9, 1)
        one = redeemed(openings, ANN, "10.0.0.1")
        assert code(openings.redeem(openings.ticket(ANN, "10.0.0.2"))) == TOO_MANY_OVER_UDP.code
        redeemed(openings, BOB)
        openings.end(one)
        redeemed(openings, ANN)

    def test_those_without_a_name_are_counted_by_their_address(self) -> None:
        openings = Openings(Clock(), 9, 1)
        redeemed(openings, NOBODY, "10.0.0.1")
        assert code(openings.redeem(openings.ticket(NOBODY, "10.0.0.1"))) == TOO_MANY_OVER_UDP.code
        redeemed(openings, NOBODY, "10.0.0.2")


class TestSending:
    def setup_method(self) -> None:
        self.clock = Clock()
        self.transfers = Transfers(self.clock, Happenings(self.clock))
        self.sending = Sending(self.transfers, self.clock)
        self.openings = Openings(self.clock, 9_999, 9_999)

    def file(self, sha256: str = "ab") -> Opened:
        return Opened("a.txt", 100, sha256, 0, io.BytesIO())

    def test_several_fetches_of_a_file_are_one_transfer(self) -> None:
        ann, file = redeemed(self.openings, ANN), self.file()
        self.sending.begin(ann, file, 0)(30)
        self.sending.begin(ann, file, 30)(30)
        (transfer,) = self.transfers
        assert (transfer.who, transfer.file, transfer.size, transfer.offset) == ("ann", "a.txt", 100, 60)
        self.sending.begin(ann, file, 60)(99)
        assert transfer.offset == 100
        self.sending.finish(ann, file)
        assert not len(self.transfers)
        self.sending.finish(ann, file)
        self.sending.leave(ann)

    def test_one_that_leaves_early_ends(self) -> None:
        nobody, file = redeemed(self.openings, NOBODY, "10.0.0.9"), self.file()
        self.sending.begin(nobody, file, 10)(30)
        (transfer,) = self.transfers
        assert (transfer.who, transfer.moved) == ("10.0.0.9", 30)
        self.sending.leave(nobody)
        assert not len(self.transfers)

    def halted(self, sha256: str = "ab") -> None:
        ann, file = redeemed(self.openings, ANN), self.file(sha256)
        self.sending.begin(ann, file, 0)(50)
        self.sending.halt(ann, file, 50, 0x3F)
        self.sending.leave(ann)

    def test_one_that_halts_stays_in_sight_and_goes_on(self) -> None:
        self.halted()
        (transfer,) = self.transfers
        assert (transfer.paused, transfer.offset) == (True, 50)
        again = redeemed(self.openings, ANN)
        self.sending.begin(again, self.file(), 50)(50)
        assert list(self.transfers) == [transfer]
        assert (transfer.paused, transfer.offset) == (False, 100)

    def test_one_that_begins_elsewhere_is_another(self) -> None:
        self.halted()
        (before,) = self.transfers
        self.sending.begin(redeemed(self.openings, ANN), self.file(), 0)
        (transfer,) = self.transfers
        assert transfer is not before

    def test_who_halts_for_too_long_is_forgotten(self) -> None:
        self.halted()
        self.clock.now += HALTED_SECONDS * 1000
        self.halted("cd")
        assert len(self.transfers) == 1

    def test_no_more_than_so_many_halt(self) -> None:
        for number in range(HALTED + 1):
            self.halted(f"{number}")
        assert len(self.transfers) == HALTED

    def test_what_was_never_begun_does_not_halt(self) -> None:
        self.sending.halt(redeemed(self.openings, ANN), self.file(), 50, None)
        assert not len(self.transfers)
