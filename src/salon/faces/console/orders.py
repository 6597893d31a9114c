"""What somebody who types a line wants. Pure."""

import re
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from salon.core.limits import HISTORY_ENTRIES
from salon.core.names import room_name
from salon.core.text import printable
from salon.errors import MISUSED_COMMAND, UNKNOWN_COMMAND, Refusal, refuse
from salon.faces.console.file_orders import FILE_HELP, FILE_ORDERS, FileOrder, colon_order

HELP = (
    "What you type is said to everybody in the room, except:",
    "/who                who is in the room",
    "/rooms              which rooms there are",
    "/join ROOM          go into a room; a new name makes a new room",
    "/leave              leave the room",
    "/to NAME TEXT       say it to one person alone; a name with blanks stands in quotes",
    "/edit [N] TEXT      change your last message, or your message N",
    "/delete [N]         delete your last message, or your message N",
    "/history [N]        N older messages, with their numbers",
    "/topic [TEXT]       the room's topic, or a new one; /topic - takes it away",
    *FILE_HELP,
    "/quit               leave Salon; the end of your input does too",
    "//x                 says /x; \\upload: x says upload: x",
)
_HISTORY = 20  # entries, where nobody says how many


class Speak(Struct, frozen=True):
    """Say it to the room, or privately to one person."""

    text: str
    to: str = ""


class Who(Struct, frozen=True):
    """Tell who is here."""


class Rooms(Struct, frozen=True):
    """Tell which rooms there are."""


class Enter(Struct, frozen=True):
    """Go into a room."""

    room: str


class Leave(Struct, frozen=True):
    """Leave the room."""


class Change(Struct, frozen=True):
    """Change one's message `seq`, or the last one where that is 0."""

    seq: int
    text: str


class Remove(Struct, frozen=True):
    """Delete one's message `seq`, or the last one where that is 0."""

    seq: int


class Recall(Struct, frozen=True):
    """Show so many older entries."""

    count: int


class Topic(Struct, frozen=True):
    """Tell the topic, or set it."""

    text: str | None


class Help(Struct, frozen=True):
    """Tell what one can do."""


class Quit(Struct, frozen=True):
    """Goodbye."""


class Nothing(Struct, frozen=True):
    """An empty line."""


Order: TypeAlias = (
    Speak | Who | Rooms | Enter | Leave | Change | Remove | Recall | Topic | Help | Quit | Nothing | FileOrder | Refusal
)


def order_of(line: str) -> Order:
    """What this line asks; a refusal where it begins like a command and is none."""
    if not line.strip():
        return Nothing()
    if not line.startswith("/"):
        order = colon_order(line)
        return Speak(line if order is None else order) if order is None or isinstance(order, str) else order
    if line.startswith("//"):
        return Speak(line[1:])
    word, _, rest = line.partition(" ")
    read = _ORDERS.get(word.lower())
    return read(rest) if read else refuse(UNKNOWN_COMMAND, word=printable(word[:40]))


_ADDRESSED = re.compile(r' *(?:"(?P<quoted>[^"]+)"|(?P<name>[^ "]+)) (?P<text>.+)', re.DOTALL)
_NUMBERED = re.compile(r" *(?:(?P<seq>[1-9][0-9]{0,14}) )?(?P<text>.+)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def _speak_to(rest: str) -> Order:
    match = _ADDRESSED.fullmatch(rest)
    if match is None:
        return refuse(MISUSED_COMMAND, usage="/to NAME TEXT")
    return Speak(match["text"], match["quoted"] or match["name"])


def _enter(rest: str) -> Order:
    if rest.strip().startswith("@"):
        return Enter(rest.strip())
    name = room_name(rest)
    return name if isinstance(name, Refusal) else Enter(name)


def _change(rest: str) -> Order:
    match = _NUMBERED.fullmatch(rest)
    if match is None:
        return refuse(MISUSED_COMMAND, usage="/edit [N] TEXT")
    return Change(int(match["seq"] or 0), match["text"])


def _remove(rest: str) -> Order:
    number = _number(rest, 0)
    return refuse(MISUSED_COMMAND, usage="/delete [N]") if number is None else Remove(number)


def _recall(rest: str) -> Order:
    number = _number(rest, _HISTORY)
    return refuse(MISUSED_COMMAND, usage="/history [N]") if not number else Recall(min(number, HISTORY_ENTRIES))


def _number(rest: str, default: int) -> int | None:
    text = rest.strip()
    if not text:
        return default
    return int(text) if _NUMBER.fullmatch(text) else None


def _topic(rest: str) -> Order:
    text = rest.strip()
    return Topic(None if not text else "" if text == "-" else text)


_ORDERS: dict[str, Callable[[str], Order]] = {
    "/who": lambda _: Who(),
    "/rooms": lambda _: Rooms(),
    "/join": _enter,
    "/leave": lambda _: Leave(),
    "/to": _speak_to,
    "/edit": _change,
    "/delete": _remove,
    "/history": _recall,
    "/topic": _topic,
    **FILE_ORDERS,
    "/help": lambda _: Help(),
    "/quit": lambda _: Quit(),
    "/exit": lambda _: Quit(),
}
