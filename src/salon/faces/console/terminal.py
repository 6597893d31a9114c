"""`salon chat` at a terminal: what comes in never tears what is being typed."""

import asyncio
import os
import signal
import time
from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from salon.client import Client, Event, Lost, Notification, Room, SalonError
from salon.core.names import fold
from salon.core.text import printable
from salon.errors import BAD_NAME, NAME_TAKEN
from salon.faces.console.chat import Chat
from salon.faces.console.orders import Quit, order_of
from salon.faces.console.telling import Line
from salon.faces.shelf.drawing import short_line
from salon.ground.signals import on_stop
from salon.ground.tasks import Tasks

LATELY = 20  # entries of a room's past, shown to whoever enters
_TYPING_SECONDS = 4.0  # so long after a sign somebody counts as typing
_TYPED_SECONDS = 2.0  # between two signs of one's own
_STOPPING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Ctrl-C is a key
_TYPED_AHEAD = 100  # lines, while the server is away
_LAST_WORDS_SECONDS = 2.0  # for what was typed before the end
_SHOWN_AT_ONCE = 200  # lines; then the prompt is drawn again
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_STYLE = Style.from_dict({"bottom-toolbar": "noreverse fg:ansibrightblack", "bottom-toolbar.text": ""})

Connecting = Callable[[str, int], Client]  # a name and how much of the past to the client for them


class Terminal:
    """The screen of a person."""

    def __init__(self, *, colour: bool) -> None:
        self.session: PromptSession[str] = PromptSession(
            erase_when_done=True, bottom_toolbar=self.toolbar, style=_STYLE, complete_while_typing=False
        )
        self.session.default_buffer.on_text_changed += lambda _: self.typed()
        self.chat: Chat | None = None
        self._colour = colour
        self.lines: list[Line] = []
        self._day = ""
        self._typing: dict[str, float] = {}
        self._typed = 0.0

    # what is shown

    def show(self, line: Line) -> None:
        self.lines.append(line)

    def entered(self, room: Room) -> None:
        self._typing.clear()
        self.refresh()

    async def paint(self) -> None:
        """Draw what was shown above what is being typed.

        Not by `run_in_terminal`: that hands the keyboard back for a moment, and what is typed then is seen twice.
        """
        app = self.session.app
        if app.is_running and app.output.responds_to_cpr:
            await app.renderer.wait_for_cpr_responses()  # else an answer would tell where the cursor was before
        lines, self.lines = self.lines, []
        if not lines:
            return
        if app.is_running:
            app.renderer.erase()
        app.output.write_raw("".join(f"{self._drawn(line)}\r\n" for line in lines))
        app.output.flush()
        if app.is_running:
            app.renderer.request_absolute_cursor_position()
            app.invalidate()

    def _drawn(self, line: Line) -> str:
        when, day = _stamp(line.time) if line.time else ("", self._day)
        head = ""
        if day != self._day:
            self._day = day
            head = self._dressed(_DIM, f"— {day} —") + "\r\n"
        stamp = self._dressed(_DIM, f"{when} ") if when else ""
        if not line.said:
            return f"{head}{stamp}{self._dressed(_DIM, line.text)}"
        return f"{head}{stamp}{self._dressed(_BOLD, line.text[: line.who])}{line.text[line.who :]}"

    def _dressed(self, dress: str, text: str) -> str:
        return f"{dress}{text}{_PLAIN}" if self._colour else text

    # the line at the bottom

    def toolbar(self) -> StyleAndTextTuples:
        if self.chat is None:
            return []
        room = self.chat.room
        parts = [room.name]
        if room.mirror.people is not None and not room.other:
            parts.append(f"{len(room.mirror.people)} here")
        parts += [short_line(transfer) for transfer in self.chat.files.moving()]
        if self.chat.client.connected:
            parts += self._typists()
        else:
            parts.append("reconnecting …")
        return [("", printable(" · ".join(parts)))]

    def _typists(self) -> list[str]:
        now = time.monotonic()
        self._typing = {name: since for name, since in self._typing.items() if now - since < _TYPING_SECONDS}
        return [f"{name} is typing …" for name in self._typing]

    def notice(self, event: Event) -> None:
        """Keep the line at the bottom true."""
        if isinstance(event, Notification) and event.kind == "typing" and self.chat is not None:
            if fold(event.room) == self.chat.teller.room:
                self._typing[event.sender] = time.monotonic()
                asyncio.get_running_loop().call_later(_TYPING_SECONDS, self.refresh)
        elif not isinstance(event, Lost):
            self._typing.pop(getattr(event, "sender", ""), None)
        self.refresh()

    def refresh(self) -> None:
        """Draw the line at the bottom again."""
        if self.session.app.is_running:
            self.session.app.invalidate()

    def typed(self) -> None:
        """The person typed something: tell the others now and then."""
        text = self.session.default_buffer.text
        now = time.monotonic()
        if self.chat is not None and text and not text.startswith("/") and now - self._typed > _TYPED_SECONDS:
            self._typed = now
            self.chat.room.typing()

    # what is typed

    async def ask(self, prompt: str) -> str | None:
        """A line; None at the end of the input, or when Ctrl-C is pressed with nothing typed."""
        while True:
            try:
                return await self.session.prompt_async(prompt)
            except KeyboardInterrupt:  # the first one takes back what was typed
                if not self.session.default_buffer.text:
                    return None
            except EOFError:
                return None

    async def listen(self, take: Callable[[str], bool]) -> None:
        """Give each line to `take`, until the end of the input; one that is not taken stays where it was typed.

        One prompt for all of them: between two, the terminal would show what is typed as it is.
        """
        buffer = self.session.default_buffer
        buffer.accept_handler = lambda buffer: not take(buffer.text)
        await self.ask("> ")


async def chat_at_terminal(connecting: Connecting, name: str) -> int:
    """Talk until the person says goodbye; the exit status. Raises SalonError where there is no server."""
    screen = Terminal(colour=not os.environ.get("NO_COLOR"))
    with patch_stdout(raw=True):
        client = await _enter(screen, connecting, name)
        if client is not None:
            try:
                await _converse(screen, client)
            finally:
                if screen.chat is not None:
                    screen.chat.files.farewell()
                await client.close()
                await _tell_rest(screen)
    return 0


async def _enter(screen: Terminal, connecting: Connecting, name: str) -> Client | None:
    """A client that the server has let in, under a name that is free; None where the person gives up."""
    while True:
        if name:
            client = connecting(name, LATELY)
            try:
                await client.open()
            except SalonError as error:
                if error.refusal.code not in (NAME_TAKEN.code, BAD_NAME.code):
                    raise
                screen.show(Line(printable(error.refusal.message)))
                await screen.paint()
            else:
                return client
        answer = await screen.ask("Enter your name: ")
        if answer is None:
            return None
        name = answer.strip()


async def _converse(screen: Terminal, client: Client) -> None:
    """From the first line to the last."""
    stopped = asyncio.Event()
    undo = on_stop(asyncio.get_running_loop(), lambda _: stopped.set(), _STOPPING)
    chat = screen.chat = Chat(client, screen, lately=LATELY)
    if client.trouble:
        chat.answer(client.trouble)
    tasks = Tasks()
    try:
        lines: asyncio.Queue[str] = asyncio.Queue()
        tasks.start(_obey(screen, chat, lines))
        tasks.start(_follow_files(screen, chat))
        ways_out = [tasks.start(work) for work in (_listen(screen, chat, lines), _tell(screen, chat), stopped.wait())]
        await asyncio.wait(ways_out, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await tasks.close()
        undo()


async def _listen(screen: Terminal, chat: Chat, lines: asyncio.Queue[str]) -> None:
    def take(line: str) -> bool:
        if isinstance(order_of(line), Quit):  # not behind what a server that is away has to answer first
            screen.session.app.exit()
        elif lines.qsize() < _TYPED_AHEAD:
            lines.put_nowait(line)
        else:
            return False
        return True

    await screen.listen(take)
    try:
        async with asyncio.timeout(_LAST_WORDS_SECONDS):
            await lines.join()
            await chat.client.flush()
    except TimeoutError:
        pass


async def _obey(screen: Terminal, chat: Chat, lines: asyncio.Queue[str]) -> None:
    """Do what each line asks."""
    await _count(screen, chat.room)
    while True:
        line = await lines.get()
        room = chat.room
        await chat.obey(line)
        chat.room.mark_read()  # who types has seen what is above
        if chat.room is not room:
            await _count(screen, chat.room)
        await screen.paint()
        lines.task_done()


async def _count(screen: Terminal, room: Room) -> None:
    """Learn who is here, for the line at the bottom."""
    try:
        await room.who()
    except SalonError:  # the room was left, or the server would not say
        return
    screen.refresh()


async def _follow_files(screen: Terminal, chat: Chat) -> None:
    """Show how far files are, and what becomes of them."""
    while True:
        await chat.files.turn()
        await screen.paint()
        screen.refresh()


async def _tell(screen: Terminal, chat: Chat) -> None:
    """Show what happens."""
    async for event in chat.events:
        screen.notice(event)
        line = chat.teller.tell(event)
        if line is not None:
            screen.show(line)
        if not chat.events.waiting or len(screen.lines) >= _SHOWN_AT_ONCE:
            await screen.paint()


async def _tell_rest(screen: Terminal) -> None:
    """Show what came before the goodbye."""
    if screen.chat is not None:
        await _tell(screen, screen.chat)
    await screen.paint()


def _stamp(ms: int) -> tuple[str, str]:
    """The time of day and the day, as this machine's clock on the wall shows them."""
    then = time.localtime(ms / 1000)
    return time.strftime("%H:%M", then), f"{time.strftime('%A', then)} {then.tm_mday} {time.strftime('%B', then)}"
