"""The journal: lines of events go out by a thread of their own, and nobody waits for whoever does not read them."""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import pytest

from salon.ground.journal import Journal


def record(text: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("salon", level, __file__, 1, text, None, None)


@pytest.fixture
def err(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "err").open("w+") as file:
        yield file


class Full:
    """A pipe that nobody reads, filled to its brim."""

    def __init__(self) -> None:
        self.source, sink = os.pipe()
        os.set_blocking(sink, False)
        with suppress(BlockingIOError):
            while os.write(sink, b"." * 4096):
                pass
        os.set_blocking(sink, True)
        self.out = os.fdopen(sink, "w")

    def close(self) -> None:
        os.close(self.source)
        with suppress(OSError):
            self.out.close()


@pytest.fixture
def full() -> Iterator[Full]:
    full = Full()
    yield full
    full.close()


def test_events_go_to_one_stream_and_troubles_to_the_other(tmp_path: Path, err: TextIO) -> None:
    with (tmp_path / "out").open("w+") as out:
        journal = Journal(out, err)
        journal.start()
        journal.handle(record("ann joined lobby \ud800"))
        journal.handle(record("the disk is slow", logging.WARNING))
        journal.stop()
    assert (tmp_path / "out").read_text() == "ann joined lobby \\ud800\n"
    assert (tmp_path / "err").read_text() == "the disk is slow\n"


def test_a_stream_that_nobody_reads_holds_nobody_up_and_lost_lines_are_counted(
    full: Full, tmp_path: Path, err: TextIO
) -> None:
    journal = Journal(full.out, err, lines=3)
    for n in range(10):
        journal.handle(record(f"line {n}"))  # returns at once, although nothing is written yet
    journal.start()
    journal.stop(patience=0.2)  # nor does the end wait: the pipe is full
    seen = b""
    while b"line 2\n" not in seen:
        seen += os.read(full.source, 65536)
    assert seen.lstrip(b".") == b"line 0\nline 1\nline 2\n"
    journal._thread.join(10)  # now that somebody reads
    assert "7 lines were not written" in (tmp_path / "err").read_text()


def test_a_reader_who_went_away_ends_nothing(err: TextIO) -> None:
    source, sink = os.pipe()
    os.close(source)
    with os.fdopen(sink, "w") as out:
        journal = Journal(out, err)
        journal.start()
        journal.handle(record("x"))
        journal.stop()
        assert not journal._thread.is_alive()
