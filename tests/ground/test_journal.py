from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator

import pytest

from salon.ground import journal
from salon.ground.journal import Journal


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    log = logging.getLogger("salon.tests.journal")
    yield log
    assert not log.handlers


class Stream:
    """A text stream over a descriptor, as `sys.stdout` is."""

    def __init__(self, descriptor: int, encoding: str = "ascii") -> None:
        self._descriptor = descriptor
        self.encoding = encoding

    def fileno(self) -> int:
        return self._descriptor


def read_all(descriptor: int) -> str:
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()


def test_each_line_goes_where_it_belongs(log: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    out, error = os.pipe(), os.pipe()
    monkeypatch.setattr("sys.stdout", Stream(out[1]))
    monkeypatch.setattr("sys.stderr", Stream(error[1]))
    lines = Journal(log)
    lines.start()
    log.info("%s joined", "Zoë")
    log.warning("careful")
    log.error("broken")
    log.debug("not told")
    lines.stop()
    for end in (out[1], error[1]):
        os.close(end)
    assert read_all(out[0]) == "Zo\\xeb joined\n"
    assert read_all(error[0]) == "careful\nbroken\n"


def test_what_nobody_reads_stops_nobody(log: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    monkeypatch.setattr("sys.stdout", Stream(write))
    monkeypatch.setattr(journal, "_LINES", 3)
    monkeypatch.setattr(journal, "_PATIENCE_SECONDS", 0.0)
    lines = Journal(log)
    lines.start()
    for _ in range(100):
        log.info("x" * 10_000)
    lines.stop()
    os.close(read)  # now the thread, which waits for a reader, ends
    writer = next((thread for thread in threading.enumerate() if thread.name == "salon-journal"), None)
    if writer is not None:
        writer.join()
    os.close(write)


@pytest.mark.parametrize("stream", [None, Stream(-1)])
def test_no_stream_is_no_trouble(log: logging.Logger, monkeypatch: pytest.MonkeyPatch, stream: Stream | None) -> None:
    monkeypatch.setattr("sys.stdout", stream)
    lines = Journal(log)
    lines.start()
    log.info("nobody hears this")
    lines.stop()
