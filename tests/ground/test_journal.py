from __future__ import annotations

import io
import logging
import os

import pytest

from salon.ground.journal import Journal


class Stream(io.StringIO):
    """A text stream over a descriptor, as `sys.stdout` is; nothing may go into its buffer."""

    encoding = "ascii"

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor


def record(text: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("salon", level, "", 0, text, (), None)


def read_all(descriptor: int) -> str:
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()


def test_each_line_goes_where_it_belongs() -> None:
    out, err = os.pipe(), os.pipe()
    streams = Stream(out[1]), Stream(err[1])
    journal = Journal(*streams)
    journal.start()
    for level, text in (
        (logging.INFO, "Zoë joined"),
        (logging.WARNING, "careful"),
        (logging.INFO, "Zoë left"),
        (logging.ERROR, "broken"),
    ):
        journal.emit(record(text, level))
    journal.stop()
    for _, end in (out, err):
        os.close(end)
    assert read_all(out[0]) == "Zo\\xeb joined\nZo\\xeb left\n"
    assert read_all(err[0]) == "careful\nbroken\n"
    assert [stream.getvalue() for stream in streams] == ["", ""]


def test_what_nobody_reads_is_counted_and_stops_nobody() -> None:
    out, err = os.pipe(), os.pipe()
    journal = Journal(Stream(out[1]), Stream(err[1]), lines=3)
    journal.start()
    for _ in range(100):
        journal.emit(record("x" * 100_000))
    journal.stop(patience=0)
    os.close(out[0])  # whoever did not read goes away: the rest is not waited for
    journal.stop()
    os.close(out[1])
    os.close(err[1])
    lost = read_all(err[0])
    assert lost.endswith(" lines were not written: nobody read them.\n")
    assert 90 <= sum(int(line.split()[0]) for line in lost.splitlines()) < 100


@pytest.mark.parametrize("stream", [None, Stream(-1)])
def test_no_stream_is_no_trouble(monkeypatch: pytest.MonkeyPatch, stream: Stream | None) -> None:
    monkeypatch.setattr("sys.stdout", stream)
    journal = Journal()
    journal.start()
    journal.emit(record("nobody hears this"))
    journal.stop()
