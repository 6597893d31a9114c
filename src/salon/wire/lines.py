"""Plain lines: what a person with netcat types and reads.

In: the first line is the name, every other one is said, except those that begin with `/`. Out: `name: text` for what
people said, `* sentence` for everything else; a line never holds more than one of either, and no control characters.
"""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from salon.core.batch import Kept
from salon.core.commands import Command, Say
from salon.core.events import Entry, Said
from salon.core.limits import HISTORY_ENTRIES, LINE_BYTES
from salon.core.names import room_name
from salon.core.text import printable
from salon.errors import LINE_TOO_LONG, MISUSED_COMMAND, UNKNOWN_COMMAND, Refusal, refuse
from salon.wire.dialect import RoomView
from salon.wire.sentences import came, sentence_of, went

HELP = (
    "What you type is said to everybody in the room, except:",
    "/who                who is in the room",
    "/join ROOM          go into another room; a new name makes a new room",
    "/history N          the last N messages of the room",
    "/to NAME TEXT       say it to one person alone; a name with blanks stands in quotes",
    "/quit               leave; the end of your input does too",
    "//x                 says /x",
)
_HISTORY = 20  # entries, where nobody says how many
_WELCOMED_NAMES = 20  # so many are named to whoever comes into a room; /who names all


# what comes in


class Who(Struct, frozen=True):
    """Tell who is here."""


class Go(Struct, frozen=True):
    """Into another room."""

    room: str


class Recall(Struct, frozen=True):
    """The last `count` messages."""

    count: int


class Help(Struct, frozen=True):
    """Tell what one can do."""


class Quit(Struct, frozen=True):
    """Goodbye."""


class Nothing(Struct, frozen=True):
    """An empty line."""


Order = Say | Who | Go | Recall | Help | Quit | Nothing | Refusal


class LineReader:
    """Bytes of a connection in, lines out, without their ends.

    A line ends with LF or CR LF. Bytes that are not UTF-8 are replaced. A line of more than `limit` bytes becomes a
    refusal, once, and is not kept.
    """

    def __init__(self, limit: int = LINE_BYTES) -> None:
        self._limit = limit
        self._line = bytearray()  # what there is of a line that is not whole yet
        self._too_long = False

    def feed(self, data: bytes) -> list[str | Refusal]:
        """The lines that became whole."""
        *whole, rest = data.split(b"\n")
        lines = []
        for piece in whole:
            self._keep(piece)
            lines.append(self._take())
        self._keep(rest)
        return lines

    def end(self) -> list[str | Refusal]:
        """The last line, where nothing ended it."""
        return [self._take()] if self._line or self._too_long else []

    def _keep(self, piece: bytes) -> None:
        if len(self._line) + len(piece) > self._limit:
            self._too_long = True
        if self._too_long:
            self._line = bytearray()
        else:
            self._line += piece

    def _take(self) -> str | Refusal:
        line, self._line = self._line, bytearray()
        too_long, self._too_long = self._too_long, False
        return (
            refuse(LINE_TOO_LONG, limit=self._limit) if too_long else line.removesuffix(b"\r").decode(errors="replace")
        )


def order_of(line: str) -> Order:
    """What somebody who has a name asks with this line."""
    if not line:
        return Nothing()
    if not line.startswith("/"):
        return Say(line)
    if line.startswith("//"):
        return Say(line[1:])
    word, _, rest = line.partition(" ")
    read = _ORDERS.get(word.lower())
    return read(rest) if read else refuse(UNKNOWN_COMMAND, word=printable(word[:40]))


def _recall(rest: str) -> Order:
    count = rest.strip() or str(_HISTORY)
    if not re.fullmatch("[0-9]{1,6}", count):
        return refuse(MISUSED_COMMAND, usage="/history N")
    return Recall(min(int(count), HISTORY_ENTRIES)) if int(count) else Nothing()


_ADDRESSED = re.compile(r' *(?:"(?P<quoted>[^"]+)"|(?P<name>[^ "]+)) (?P<text>.+)', re.DOTALL)


def _to(rest: str) -> Order:
    match = _ADDRESSED.fullmatch(rest)
    if match is None:
        return refuse(MISUSED_COMMAND, usage="/to NAME TEXT")
    return Say(match["text"], to=match["quoted"] or match["name"])


def _go(rest: str) -> Order:
    name = room_name(rest)
    return name if isinstance(name, Refusal) else Go(name)


_ORDERS: dict[str, Callable[[str], Order]] = {
    "/who": lambda _: Who(),
    "/join": _go,
    "/history": _recall,
    "/to": _to,
    "/help": lambda _: Help(),
    "/quit": lambda _: Quit(),
}


# what goes out


def note(sentence: str) -> bytes:
    """A line that nobody said."""
    return f"* {printable(sentence)}\n".encode()


def welcome(name: str) -> bytes:
    """To whoever has a name now."""
    return note(f"Welcome, {name}. /help tells what you can do here.")


def arrival(room: str, names: Sequence[str], topic: str) -> bytes:
    """To whoever came into a room."""
    here = ", ".join(names[:_WELCOMED_NAMES])
    if len(names) > _WELCOMED_NAMES:
        here += f" and {len(names) - _WELCOMED_NAMES} more"
    place = f"You are in {room} with {here}." if names else f"You are alone in {room}."
    return note(place) + (note(f"The topic: {topic}") if topic else b"")


class Lines:
    """`name: text`, and `* sentence` for all else. What one said oneself stands on one's screen already."""

    title = "lines"
    echo = False
    paced = False

    def entries(self, room: RoomView, entries: Sequence[Entry]) -> bytes:
        return b"".join([_line(room, entry) for entry in entries])

    def presence(self, room: RoomView, joined: list[str], left: list[str]) -> bytes:
        return b"".join([note(sentence) for sentence in (*map(came, joined), *map(went, left))])

    def members(self, room: RoomView, names: list[str]) -> bytes:
        return note(f"In {room.name}: {', '.join(names)}")

    def progress(self, room: RoomView, by: str, name: str, size: int, offset: int, gone: bool) -> bytes:
        return b""  # the file itself is told of; a line for each step would bury what people say

    def gap(self, room: RoomView, first: int, last: int, why: str) -> bytes:
        return note(f"Missing here: {last - first + 1}. {why}")

    def notice(self, kind: str, sentence: str, room: str = "", sender: str = "", target: int = 0) -> bytes:
        return b"" if kind in _UNSAID else note(sentence)

    def settled(self, room: str, outcomes: Sequence[tuple[Command, Kept | Refusal]]) -> bytes:
        return b"".join([self.refused(outcome) for _, outcome in outcomes if isinstance(outcome, Refusal)])

    def refused(self, refusal: Refusal, command_id: str = "") -> bytes:
        return note(refusal.message)


_UNSAID = frozenset(("typing", "read"))  # signs that pass; a line would stay


def _line(room: RoomView, entry: Entry) -> bytes:
    event = entry.event
    if not isinstance(event, Said):
        sentence = sentence_of(entry)
        return note(sentence) if sentence else b""
    if event.redacted:
        return b""
    to = " (to you)" if room.between else ""
    return f"{printable(entry.author)}{to}: {printable(event.text)}\n".encode()


LINES = Lines()
