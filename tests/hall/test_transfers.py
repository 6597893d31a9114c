"""Files on their way, as the operator sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from salon.hall.happenings import Happenings, Watcher
from salon.hall.transfers import UDP, Transfers
from salon.wire.happenings import words
from tests.support.paper import BOB
from tests.support.shelves import Shelves


@dataclass
class Desk:
    now: int = 1_000

    def __post_init__(self) -> None:
        self.happenings = Happenings(lambda: self.now)
        self.transfers = Transfers(lambda: self.now, self.happenings)
        self.watcher = self.happenings.watch()

    def lines(self) -> list[str]:
        return lines(self.watcher)


def lines(watcher: Watcher) -> list[str]:
    return [words(happening) for _, happening in watcher.take().happenings]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_download_that_halts_and_proceeds(desk: Desk) -> None:
    transfer = desk.transfers.begin("Leah", "a.bin", size=8, path=UDP)
    transfer.stand_at(4)
    desk.transfers.halt(transfer, 0x3F)
    states = [transfer.paused]
    desk.transfers.proceed(transfer)
    states.append(transfer.paused)
    assert states == [True, False]
    transfer.stand_at(8)
    desk.transfers.end(transfer)
    desk.transfers.end(transfer)  # whoever cleans up need not know
    assert desk.lines() == [
        "Leah - want to download a.bin",
        "send to Leah - user Leah downloaded 50.00% out of file. last byte is: 0x3f",
        "send to Leah - user Leah confirm proceeding.",
        "user Leah downloaded 100% out of file.",
    ]
    assert len(desk.transfers) == 0
    assert desk.transfers.moved_down == 8


def test_what_goes_on_was_told_of_before_and_what_was_not_finished_is_said(desk: Desk) -> None:
    transfer = desk.transfers.begin("Leah", "a.bin", size=8, offset=2)
    transfer.stand_at(4)
    desk.transfers.end(transfer)
    assert desk.lines() == ["user Leah stopped downloading a.bin at 50.00%"]
    assert desk.transfers.moved_down == 2


def test_a_part_that_was_all_that_was_asked_for(desk: Desk) -> None:
    desk.transfers.end(desk.transfers.begin("Leah", "a.bin", size=8, offset=2), part=True)
    assert desk.lines() == []


def test_uploads(desk: Desk) -> None:
    given_up = desk.transfers.begin("Leah", "a", size=4, up=True)
    given_up.stand_at(1)
    desk.transfers.end(given_up)
    whole = desk.transfers.begin("Leah", "b", size=4, up=True)
    whole.stand_at(4)
    desk.transfers.end(whole)  # that it is on the shelf is an entry, and told by that
    assert desk.lines() == [
        "Leah - want to upload a",
        "user Leah gave up uploading a at 25.00%",
        "Leah - want to upload b",
    ]
    assert desk.transfers.moved_up == 5


def test_the_rate_is_that_of_the_last_second_or_so(desk: Desk) -> None:
    transfer = desk.transfers.begin("Leah", "a", size=10_000)
    transfer.stand_at(500)
    desk.now += 400
    assert [one.rate for one in desk.transfers] == [0]
    desk.now += 600
    assert [one.rate for one in desk.transfers] == [500]
    transfer.stand_at(4_500)
    desk.now += 2_000
    assert [one.rate for one in desk.transfers] == [2_000]
    transfer.stand_at(0)  # cut back
    desk.now += 2_000
    assert [one.rate for one in desk.transfers] == [0]


def test_files_of_private_rooms_are_not_named_unless_that_was_said(desk: Desk) -> None:
    assert desk.transfers.begin("Leah", "diary.txt", size=1, private=True).file == "a private file"
    desk.happenings.private = True
    assert desk.transfers.begin("Leah", "diary.txt", size=1, private=True).file == "diary.txt"


@asynccontextmanager
async def shelves_in_memory() -> AsyncIterator[Shelves]:
    shelves = Shelves()
    try:
        yield shelves
    finally:
        await shelves.close()


@pytest.mark.anyio
async def test_an_upload_from_its_announcement_to_the_shelf() -> None:
    async with shelves_in_memory() as shelves:
        watcher = shelves.hall.happenings.watch()
        upload = await shelves.begin("a.txt", 4)
        (transfer,) = shelves.hall.transfers
        assert (transfer.who, transfer.place, transfer.up) == ("ann", "lobby", True)
        paused = [transfer.paused]

        def broken() -> None: ...

        shelves.receiving.take_turn(upload, broken)
        paused.append(transfer.paused)
        await shelves.go_on(upload, b"ab")
        assert transfer.offset == 2
        shelves.receiving.end_turn(upload, broken)
        assert [*paused, transfer.paused] == [True, False, True]
        async with upload.lock:
            await shelves.receiving.cut(upload, 1)
        assert transfer.offset == 1
        await shelves.go_on(upload, b"bcd")
        assert list(shelves.hall.transfers) == []
        assert lines(watcher) == ["ann - want to upload a.txt", "User ann uploaded the a.txt file"]


@pytest.mark.anyio
async def test_what_is_here_already_never_moves() -> None:
    async with shelves_in_memory() as shelves:
        first = await shelves.send("a.txt", b"abcd")
        watcher = shelves.hall.happenings.watch(shelves.hall.happenings.tip)
        await shelves.begin("b.txt", 4, person=BOB, offer=first.whole)
        assert lines(watcher) == ["User bob uploaded the b.txt file"]
