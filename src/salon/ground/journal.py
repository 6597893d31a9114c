"""A line per event on standard output, what went wrong on standard error, by a thread of their own.

A terminal that stopped scrolling, or a pipe that nobody reads, must not stop the program: lines wait, bounded, as text,
and those that find it full are counted, not kept. Nor may it keep the program from ending: Python's buffered streams
are not touched, because a thread that waits in one for a reader holds its lock, and the interpreter flushes them all
at its end.
"""

import logging
import os
import sys
import threading
from itertools import groupby
from queue import Empty, Full, Queue
from typing import TextIO

LINES = 10_000
_CLOSE_SECONDS = 1.0  # for the last lines, where somebody reads

Line = tuple[TextIO | None, str]


class Journal(logging.Handler):
    """Takes the log records of this process from `start` to `stop`."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None, lines: int = LINES) -> None:
        super().__init__()
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._queue: Queue[Line | None] = Queue(lines)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="salon-journal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        stream = self._err if record.levelno >= logging.WARNING else self._out
        try:
            self._queue.put_nowait((stream, self.format(record)))
        except Full:
            self._lost += 1

    def stop(self, patience: float = _CLOSE_SECONDS) -> None:
        """Write what waits, as far as somebody reads it within `patience` seconds."""
        try:
            self._queue.put(None, timeout=patience)
        except Full:
            return
        self._thread.join(patience)

    def _write(self) -> None:
        ended = False
        while not ended:
            lines, ended = self._waiting()
            if self._lost:
                lost, self._lost = self._lost, 0
                lines.append((self._err, f"{lost} lines were not written: nobody read them."))
            for stream, group in groupby(lines, key=lambda line: line[0]):
                _put(stream, "".join(f"{text}\n" for _, text in group))

    def _waiting(self) -> tuple[list[Line], bool]:
        """What waits, at least one line, so that a burst is one write; and whether that is all there will be."""
        lines: list[Line] = []
        line = self._queue.get()
        try:
            while line is not None:
                lines.append(line)
                line = self._queue.get_nowait()
        except Empty:
            return lines, False
        return lines, True


def _put(stream: TextIO | None, text: str) -> None:
    if stream is None:  # there is no such stream, as in `>&-`
        return
    data = text.encode(stream.encoding or "utf-8", "backslashreplace")
    try:
        while data:
            data = data[os.write(stream.fileno(), data) :]
    except OSError:
        pass  # whoever read it went away, as in `| head -1`
