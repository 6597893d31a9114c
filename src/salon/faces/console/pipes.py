"""`salon chat` through pipes: lines in, lines out.

What is said goes to standard output, everything else to standard error. At the end of the input the program waits until
all that it was given is on the server's disk and has come back, and says goodbye.
"""

import asyncio
import signal
import sys

from salon.client import Client, Room
from salon.errors import STATUS_FAILED, Refusal
from salon.faces.console.chat import Chat
from salon.faces.console.telling import Line
from salon.ground.signals import on_stop
from salon.ground.streams import Output, read_chunks
from salon.ground.tasks import Tasks
from salon.wire.lines import LineReader

STATUS_INTERRUPTED = 128 + signal.SIGINT
_LAST_WORDS_SECONDS = 1.0  # for what was shown and is not written yet, when told to stop


class Pipes:
    """The screen of a program: two streams."""

    def __init__(self) -> None:
        self.out = Output(sys.__stdout__.fileno() if sys.__stdout__ else 1)
        self.err = Output(sys.__stderr__.fileno() if sys.__stderr__ else 2)

    def show(self, line: Line) -> None:
        (self.out if line.said else self.err).write(line.text)

    def entered(self, room: Room) -> None:
        """Nothing to see."""

    async def write_out(self) -> None:
        """Wait until all is written, or nobody reads it any more."""
        await self.out.drain(0)
        await self.err.drain(0)


async def chat_on_pipes(client: Client) -> int:
    """Talk until the input ends, or we are told to stop; the exit status. Raises SalonError like `connect`."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()
    undo = on_stop(loop, lambda number: None if stopped.done() else stopped.set_result(number))
    tasks = Tasks()
    try:
        async with client:
            screen = Pipes()
            talking: asyncio.Task[int] = tasks.start(_talk(client, screen))
            await asyncio.wait([talking, stopped], return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                return await talking
            await client.close(flush=False)
            await asyncio.wait([tasks.start(screen.write_out())], timeout=_LAST_WORDS_SECONDS)
            return STATUS_INTERRUPTED if stopped.result() == signal.SIGINT else 0
    finally:
        undo()
        await tasks.close()


async def _talk(client: Client, screen: Pipes) -> int:
    """From the first line to the last; the exit status."""
    chat = Chat(client, screen)
    if client.trouble:
        chat.answer(client.trouble)
    tasks = Tasks()
    telling = tasks.start(_tell(chat, screen))
    listening = tasks.start(_listen(chat))
    try:
        await asyncio.wait([telling, listening], return_when=asyncio.FIRST_COMPLETED)
        if not listening.done():  # nobody reads what we write
            return STATUS_FAILED
        listening.result()
        await client.close()
        await telling
        await screen.write_out()
        return 0
    finally:
        await tasks.close()


async def _tell(chat: Chat, screen: Pipes) -> None:
    """Show what happens; whoever reads from us sets the pace."""
    async for event in chat.events:
        line = chat.teller.tell(event)
        if line is not None:
            screen.show(line)
            await screen.out.drain()
        if screen.out.lost.is_set():
            return


async def _listen(chat: Chat) -> None:
    """Do what each line of the input asks; at its end, wait until all of it is known to be done."""
    reader = LineReader()
    async for data in read_chunks(0):
        for line in reader.feed(data):
            await _obey(chat, line)
            if chat.over:
                return await chat.client.flush()
    for line in reader.end():
        await _obey(chat, line)
    await chat.client.flush()


async def _obey(chat: Chat, line: str | Refusal) -> None:
    if isinstance(line, Refusal):
        chat.answer(line.message)
    else:
        await chat.obey(line)
