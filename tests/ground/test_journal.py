"""The journal: lines of events go out by a thread of their own, and nobody waits for whoever does not read them."""

import io
import logging
import threading

import pytest

from salon.ground.journal import Journal


class Stuck(io.StringIO):
    """A stream that nobody reads until `free` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.free = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.entered.set()
        self.free.wait(10)
        return super().write(text)


class Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def record(text: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("salon", level, __file__, 1, text, None, None)


def test_events_go_to_one_stream_and_troubles_to_the_other() -> None:
    out, err = io.StringIO(), io.StringIO()
    journal = Journal(out, err)
    journal.start()
    journal.handle(record("ann joined lobby"))
    journal.handle(record("the disk is slow", logging.WARNING))
    journal.stop()
    assert out.getvalue() == "ann joined lobby\n"
    assert err.getvalue() == "the disk is slow\n"


def test_a_stream_that_nobody_reads_holds_nobody_up_and_lost_lines_are_counted() -> None:
    out, err = Stuck(), io.StringIO()
    journal = Journal(out, err, lines=3)
    journal.start()
    journal.handle(record("first"))
    assert out.entered.wait(10)
    for n in range(10):
        journal.handle(record(f"line {n}"))  # returns at once, although nothing can be written
    out.free.set()
    journal.stop()
    assert out.getvalue() == "first\nline 0\nline 1\nline 2\n"
    assert "7 lines were not written" in err.getvalue()


def test_a_reader_who_went_away_ends_the_journal_and_nothing_else() -> None:
    journal = Journal(Gone(), io.StringIO())
    journal.start()
    journal.handle(record("x"))
    journal.stop()
    journal.handle(record("y"))


def test_stopping_does_not_wait_for_a_full_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salon.ground.journal._CLOSE_SECONDS", 0.01)
    out = Stuck()
    journal = Journal(out, io.StringIO(), lines=1)
    journal.start()
    journal.handle(record("first"))
    assert out.entered.wait(10)
    journal.handle(record("second"))
    journal.stop()
    assert out.getvalue() == ""
    out.free.set()
