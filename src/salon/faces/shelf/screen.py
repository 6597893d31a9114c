"""Where the commands show how far they are: a line that is drawn again and again on a terminal, words on a pipe."""

import os
import shutil
import sys
from typing import TextIO

from salon.client.transfers import Job, State
from salon.faces.shelf.drawing import bar_line, evicts_line, path_line, state_line

_DRAWN_SECONDS = 0.1
_CLEAR = "\r\x1b[K"


class Screen:
    """Results go to standard output, all else to standard error."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err
        self._draws = err.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = False
        self._told: set[tuple[int, object]] = set()

    def result(self, line: str) -> None:
        """Say what was done."""
        self._erase()
        _write(self._out, f"{line}\n")

    def notice(self, line: str) -> None:
        """Say something else."""
        self._erase()
        _write(self._err, f"{line}\n")

    def trouble(self, sentence: str) -> None:
        """Say what was not done, and why."""
        self.notice(f"salon: {sentence}")

    def changed(self, job: Job) -> None:
        """A job's state is another."""
        transfer = job.look()
        if transfer.evicts and (job.number, transfer.evicts) not in self._told:
            self._told.add((job.number, transfer.evicts))
            self.notice(evicts_line(transfer))
        if (line := path_line(transfer)) is not None and (job.number, line) not in self._told:
            self._told.add((job.number, line))
            self.notice(line)
        elif (line := state_line(transfer)) is not None and not self._draws:
            self.notice(line)

    async def watch(self, job: Job) -> None:
        """Draw a job until it is over."""
        seconds = _DRAWN_SECONDS if self._draws else None
        while not (await job.wait(seconds)).state.over:
            self._draw(job)
        self._erase()

    def _draw(self, job: Job) -> None:
        transfer = job.look()
        if self._draws and transfer.state is not State.WAITING:
            width = shutil.get_terminal_size().columns
            _write(self._err, _CLEAR + bar_line(transfer, width))
            self._drawn = True

    def _erase(self) -> None:
        if self._drawn:
            self._drawn = False
            _write(self._err, _CLEAR)


def _write(stream: TextIO, text: str) -> None:
    """Write it as UTF-8 where the stream cannot hold it otherwise; whoever closed the pipe does not want to know."""
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # Python would try again at its end, and complain.
        stream_number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(stream_number, stream.fileno())
        os.close(stream_number)


def standard_screen() -> Screen:
    """The screen of this program."""
    return Screen(sys.stdout, sys.stderr)
