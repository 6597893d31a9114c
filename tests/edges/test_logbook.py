"""What happens as lines on standard error: in words, as JSON, and while nobody reads them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from salon.core.limits import HAPPENINGS
from salon.core.people import Person
from salon.edges.logbook import Logbook
from salon.ground.journal import Journal
from salon.hall.happenings import Happenings
from salon.wire.dialect import RoomView
from tests.support.batches import entry
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio

PRIVATE = RoomView("@p1:shlomo", (Person("p1", 1), Person("Shlomo", 2)))


@pytest.fixture
def err(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "err").open("w+") as file:
        yield file


def happen(happenings: Happenings) -> None:
    happenings.tell("connected", who="Leah")
    happenings.committed("lobby", RoomView("lobby"), [entry(1, "hi"), entry(2, "ho")])
    happenings.committed("@1:2", PRIVATE, [entry(1, "psst")])


async def written(err: TextIO, *, as_documents: bool) -> list[str]:
    """The lines of a little of everything, before and after its start, up to its end."""
    journal = Journal(err, err)
    journal.start()
    happenings = Happenings(lambda: 7)
    logbook = Logbook(happenings, journal, lambda: 7, as_documents=as_documents)
    logbook.start()
    happen(happenings)
    path = Path(err.name)
    await eventually(lambda: "Shlomo" in path.read_text())
    journal.handle(logging.LogRecord("salon", logging.WARNING, __file__, 1, "The disk is %s.", ("slow",), None))
    happenings.tell("left", who="Leah")
    await logbook.stop()
    await asyncio.to_thread(journal.stop)
    return path.read_text().splitlines()


async def test_words(err: TextIO) -> None:
    assert await written(err, as_documents=False) == [
        "Leah connected to the server",
        "send to all - p1: hi",
        "send to all - p1: ho",
        "send to Shlomo - p1",
        "The disk is slow.",
        "Leah has left the chat",
    ]


async def test_documents_of_what_happens_and_of_what_the_program_says_itself(err: TextIO) -> None:
    told = [json.loads(line) for line in await written(err, as_documents=True)]
    assert [one["kind"] for one in told] == ["connected", "said", "said", "said", "note", "left"]
    assert told[1] == {
        "kind": "said",
        "time": 1000,
        "who": "p1",
        "room": "lobby",
        "text": "hi",
        "line": "send to all - p1: hi",
    }
    assert (told[4]["level"], told[4]["line"]) == ("warning", "The disk is slow.")


async def test_while_nobody_reads_little_is_kept_and_the_rest_counted(err: TextIO) -> None:
    source, sink = os.pipe()
    with os.fdopen(sink, "w") as full, os.fdopen(source, "rb") as reader:
        journal = Journal(full, full)
        journal.start()
        happenings = Happenings(lambda: 7)
        logbook = Logbook(happenings, journal, lambda: 7, as_documents=False)
        logbook.start()
        happenings.tell("operator", text="x" * 200_000)  # more than a pipe holds
        watcher = logbook._watcher
        await eventually(lambda: watcher.cursor == 1)
        for _ in range(HAPPENINGS + 10):
            happenings.tell("left", who="Leah")
        stopping = asyncio.get_running_loop().create_task(asyncio.to_thread(_read_all, reader.fileno()))
        await eventually(lambda: watcher.cursor == happenings.tip)
        await logbook.stop()
        journal.stop(patience=0.2)
        data = await stopping
        assert b"\n10 happenings are not shown here" in data
        assert data.count(b"Leah has left the chat") == HAPPENINGS


def _read_all(fd: int) -> bytes:
    data = b""
    while data.count(b"Leah has left the chat") < HAPPENINGS:
        data += os.read(fd, 1 << 16)
    return data


async def test_a_journal_that_is_full_takes_no_more(err: TextIO) -> None:
    journal = Journal(err, err, lines=1)
    assert journal.write(lambda: "one\n") is not None
    assert journal.write(lambda: "two\n") is None
