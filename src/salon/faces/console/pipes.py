"""`salon chat` through pipes: lines in, lines out.

What is said goes to standard output, everything else to standard error. At the end of the input the program waits until
all that it was given is on the server's disk and has come back, and says goodbye.
"""

import asyncio
import signal

from salon.client import Client, Room
from salon.core.names import fold
from salon.errors import STATUS_FAILED, Refusal, SalonError
from salon.faces.console.chat import Chat
from salon.faces.console.telling import Line
from salon.faces.program import STATUS_INTERRUPTED, Streams, caught
from salon.ground.signals import on_stop
from salon.ground.tasks import Tasks

_LAST_WORDS_SECONDS = 1.0  # for what was shown and is not written yet, when told to stop


class Pipes(Streams):
    """The screen of a program."""

    def show(self, line: Line) -> None:
        (self.out if line.said else self.err).write(line.text)

    def entered(self, room: Room) -> None:
        """Nothing to see."""


async def chat_on_pipes(client: Client, asked_for: str) -> int:
    """Talk until the input ends, or we are told to stop; the exit status. Raises SalonError like `connect`.

    Nobody can be asked for another name: where the one `asked_for` is in use, what became of it is told.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()
    undo = on_stop(loop, lambda number: None if stopped.done() else stopped.set_result(number))
    screen, tasks = Pipes(), Tasks()
    try:
        talking = tasks.start(caught(_talk(client, screen, asked_for)))
        await asyncio.wait([talking, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not talking.done():
            await client.close(flush=False)
            await asyncio.wait([tasks.start(screen.write_out())], timeout=_LAST_WORDS_SECONDS)
            return STATUS_INTERRUPTED if stopped.result() == signal.SIGINT else 0
        end: int | Refusal = talking.result()
        if isinstance(end, Refusal):
            raise SalonError(end)
        return end
    finally:
        undo()
        await tasks.close()


async def _talk(client: Client, screen: Pipes, asked_for: str) -> int:
    """From the first line to the last; the exit status."""
    async with client:
        chat = Chat(client, screen)
        if asked_for and fold(client.name) != fold(asked_for):
            chat.answer(f"You are called {client.name} here.")
        if client.trouble:
            chat.answer(client.trouble)
        tasks = Tasks()
        telling = tasks.start(_tell(chat, screen))
        listening = tasks.start(caught(_listen(chat, screen)))
        try:
            unread = tasks.start(screen.out.lost.wait())
            await asyncio.wait([listening, unread], return_when=asyncio.FIRST_COMPLETED)
            if not listening.done():  # nobody reads what we write
                return STATUS_FAILED
            await client.close()
            await telling
            await screen.write_out()
        finally:
            await tasks.close()
    return 0


async def _tell(chat: Chat, screen: Pipes) -> None:
    """Show what happens; whoever reads from us sets the pace."""
    async for event in chat.events:
        line = chat.teller.tell(event)
        if line is not None:
            screen.show(line)
            await screen.out.drain()


async def _listen(chat: Chat, screen: Pipes) -> None:
    """Do what each line of the input asks; at its end, wait until all of it is known to be done."""
    while not chat.over and (line := await screen.next_line()) is not None:
        await chat.obey(line)
    await chat.files.all_over()
    await chat.client.flush()
