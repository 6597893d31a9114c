"""A program on standard input, output and error: how it begins, is told to stop, and ends."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from salon.errors import STATUS_FAILED, Refusal, SalonError
from salon.ground.signals import on_stop
from salon.ground.streams import Output, read_chunks
from salon.ground.tasks import Tasks
from salon.wire.lines import LineReader

STATUS_INTERRUPTED = 128 + signal.SIGINT
_PARTING_SECONDS = 1.5  # whoever is told to end has ended within 2 s, whatever the server does
_LAST_WORDS_SECONDS = 0.3  # for what was written and nobody reads


class Streams:
    """Standard input as lines, standard output and error without ever holding the loop up.

    person  whether somebody sits at a terminal and can be asked
    """

    def __init__(self) -> None:
        self.out = Output(sys.__stdout__.fileno() if sys.__stdout__ else 1)
        self.err = Output(sys.__stderr__.fileno() if sys.__stderr__ else 2)
        self.person = bool(sys.__stdin__ and sys.__stdin__.isatty())
        self.lines = self._read()

    async def _read(self) -> AsyncIterator[str | Refusal]:
        """The lines of the input, however they come; what stands behind the last newline is a line too."""
        reader = LineReader()
        async for data in read_chunks(0):
            for line in reader.feed(data):
                yield line
        for line in reader.end():
            yield line

    async def next_line(self) -> str | None:
        """The next line, None at the end of the input. One that is too long is told of, and passed over."""
        async for line in self.lines:
            if isinstance(line, str):
                return line
            self.err.write(line.message)
        return None

    async def write_out(self) -> None:
        """Wait until all is written, or nobody reads it any more."""
        await self.out.drain(0)
        await self.err.drain(0)


class Program(Protocol):
    """What is run: `talk` until it ends by itself, then, or when told to stop meanwhile, `part`."""

    async def talk(self) -> int:
        """From the first word to the last; the exit status. Raises SalonError where it cannot go on."""

    async def part(self) -> None:
        """Take leave of the server; cut short after 1.5 s. Raises SalonError where something was left undone."""

    def farewell(self) -> None:
        """The last words, once one has parted as one wished."""


async def run(make: Callable[[Streams], Program]) -> int:
    """Run a program until it ends, or SIGTERM or Ctrl-C comes; the exit status.

    Why it could not go on is one line on standard error.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()
    undo = on_stop(loop, lambda number: None if stopped.done() else stopped.set_result(number))
    streams = Streams()
    program = make(streams)
    tasks = Tasks()
    try:
        talking = tasks.start(caught(program.talk()))
        unread = tasks.start(streams.out.lost.wait())
        await asyncio.wait([talking, stopped, unread], return_when=asyncio.FIRST_COMPLETED)
        if talking.done():
            end = talking.result()
        else:
            talking.cancel()
            end = _status_of(stopped.result()) if stopped.done() else STATUS_FAILED  # nobody reads what we write
        parting = tasks.start(caught(program.part()))
        await asyncio.wait([parting], timeout=_PARTING_SECONDS)
        if isinstance(end, int):
            end = (parting.result() if parting.done() else None) or end
            program.farewell()
        if isinstance(end, Refusal):
            streams.err.write(end.message)
        await asyncio.wait([tasks.start(streams.write_out())], timeout=_LAST_WORDS_SECONDS)
        return end.problem.status if isinstance(end, Refusal) else end
    finally:
        undo()
        await tasks.close()


async def until_done(listening: asyncio.Task[Refusal | None], telling: asyncio.Task[Refusal | None]) -> int:
    """Wait until the input is done, or nothing more will be told; the status. Raises SalonError where one failed."""
    await asyncio.wait([listening, telling], return_when=asyncio.FIRST_COMPLETED)
    end = listening.result() if listening.done() else telling.result()
    if isinstance(end, Refusal):
        raise SalonError(end)
    return 0


def _status_of(signal_number: int) -> int:
    return STATUS_INTERRUPTED if signal_number == signal.SIGINT else 0


Result = TypeVar("Result")


async def caught(work: Coroutine[Any, Any, Result]) -> Result | Refusal:
    """What the work gives, or why it could not: a task that is refused something has not failed."""
    try:
        return await work
    except SalonError as error:
        return error.refusal
