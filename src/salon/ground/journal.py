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
from collections.abc import Callable
from concurrent.futures import Future
from itertools import groupby
from queue import Empty, Full, Queue
from typing import TextIO

LINES = 10_000
_CLOSE_SECONDS = 1.0  # for the last lines, where somebody reads

Line = tuple[TextIO | None, str]  # with its end


class _Lot:
    """Lines that the thread makes, and whoever waits for them to be out."""

    def __init__(self, make: Callable[[], str]) -> None:
        self.make = make
        self.out: Future[None] = Future()


class Journal(logging.Handler):
    """Takes the log records of this process from `start` to `stop`."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None, lines: int = LINES) -> None:
        super().__init__()
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._queue: Queue[Line | _Lot | None] = Queue(lines)
        self._troubles: logging.Formatter | None = None
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="salon-journal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def write_troubles_as(self, form: logging.Formatter) -> None:
        """Have what goes to standard error written so."""
        self._troubles = form

    def write(self, make: Callable[[], str]) -> Future[None] | None:
        """Have lines that `make` gives written on standard error; done once they are.

        `make` is called by the journal's thread. None where so much waits that these are not taken.
        """
        lot = _Lot(make)
        try:
            self._queue.put_nowait(lot)
        except Full:
            self._lost += 1
            return None
        return lot.out

    def emit(self, record: logging.LogRecord) -> None:
        trouble = record.levelno >= logging.WARNING
        text = self._troubles.format(record) if trouble and self._troubles is not None else self.format(record)
        try:
            self._queue.put_nowait((self._err if trouble else self._out, f"{text}\n"))
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
            waiting, ended = self._waiting()
            if self._lost:
                lost, self._lost = self._lost, 0
                waiting.append((self._err, f"{lost} lines were not written: nobody read them.\n"))
            lines = [(self._err, one.make()) if isinstance(one, _Lot) else one for one in waiting]
            for stream, group in groupby(lines, key=lambda line: line[0]):
                _put(stream, "".join([text for _, text in group]))
            for lot in waiting:
                if isinstance(lot, _Lot) and lot.out.set_running_or_notify_cancel():
                    lot.out.set_result(None)

    def _waiting(self) -> tuple[list[Line | _Lot], bool]:
        """What waits, at least one line, so that a burst is one write; and whether that is all there will be."""
        waiting: list[Line | _Lot] = []
        one = self._queue.get()
        try:
            while one is not None:
                waiting.append(one)
                one = self._queue.get_nowait()
        except Empty:
            return waiting, False
        return waiting, True


def _put(stream: TextIO | None, text: str) -> None:
    if stream is None:  # there is no such stream, as in `>&-`
        return
    data = text.encode(stream.encoding or "utf-8", "backslashreplace")
    try:
        while data:
            data = data[os.write(stream.fileno(), data) :]
    except OSError:
        pass  # whoever read it went away, as in `| head -1`
