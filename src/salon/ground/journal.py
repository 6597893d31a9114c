"""Lines for the operator, written by a thread of their own.

A terminal that stopped scrolling must not stop the server, and not keep it from ending either.
"""

import logging
import os
import sys
from queue import Empty, Full, Queue
from threading import Thread
from typing import TextIO

_LINES = 10_000  # that wait to be written; whoever does not read loses what comes after them
_PATIENCE_SECONDS = 1.0  # with somebody who does not read, at the end


class Journal:
    """Writes what a logger is told: a line per event on standard output, from warnings on on standard error."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._waiting: Queue[logging.LogRecord | None] = Queue(_LINES)
        self._handler = _Waiting(self._waiting)
        self._thread = Thread(target=self._write, name="salon-journal", daemon=True)

    def start(self) -> None:
        self._log.addHandler(self._handler)
        self._log.setLevel(logging.INFO)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits. Nobody who does not read is waited for for long."""
        self._log.removeHandler(self._handler)
        while True:
            try:
                self._waiting.put_nowait(None)
                break
            except Full:
                self._drop()
        self._thread.join(_PATIENCE_SECONDS)

    def _drop(self) -> None:
        try:
            self._waiting.get_nowait()
        except Empty:
            pass

    def _write(self) -> None:
        lines = logging.Formatter()
        while (record := self._waiting.get()) is not None:
            _put(sys.stderr if record.levelno >= logging.WARNING else sys.stdout, lines.format(record))


class _Waiting(logging.Handler):
    """Hands records to the thread that writes them."""

    def __init__(self, waiting: Queue[logging.LogRecord | None]) -> None:
        super().__init__()
        self._waiting = waiting

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.put_nowait(record)
        except Full:
            pass


def _put(stream: TextIO | None, line: str) -> None:
    """Write the line past the stream's buffer.

    A thread that waits in there for a reader would hold the buffer's lock, and the interpreter, which flushes it at its
    end, could never end.
    """
    if stream is None:  # there is no such stream, as in `>&-`
        return
    data = f"{line}\n".encode(stream.encoding, "backslashreplace")
    try:
        while data:
            data = data[os.write(stream.fileno(), data) :]
    except OSError:
        pass  # whoever read it went away, as in `| head -1`
