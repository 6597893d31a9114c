"""What a line that is typed into the file room asks. Pure."""

from typing import TypeAlias

from msgspec import Struct

from salon.errors import MISUSED_COMMAND, UNKNOWN_COMMAND, Refusal, refuse
from salon.faces.console.file_orders import Download, Files, Upload, colon_order

HELP = (
    "What you type is said to everybody, except:",
    "upload: PATH      put a file on the shelf",
    "download: NAME    get a file from the shelf, into the folder downloads",
    "/files            what is on the shelf, newest first",
    "/quit             leave",
    "//x               says /x; \\upload: x says upload: x",
)


class Say(Struct, frozen=True):
    """Say it to everybody."""

    text: str


class Quit(Struct, frozen=True):
    """Goodbye."""


class Help(Struct, frozen=True):
    """Show the commands."""


Order: TypeAlias = Say | Upload | Download | Files | Help | Quit | Refusal | None

_WORDS: dict[str, Order] = {"/files": Files(), "/quit": Quit(), "/help": Help()}


def order_of(line: str) -> Order:
    """What the line asks; nothing where it is empty."""
    order = colon_order(line)
    if isinstance(order, str):
        return Say(order)
    if isinstance(order, Upload | Download | Refusal):
        return order
    if not line.startswith("/"):
        return Say(line) if line else None
    if line.startswith("//"):
        return Say(line[1:])
    word, _, rest = line.partition(" ")
    if word not in _WORDS:
        return refuse(UNKNOWN_COMMAND, word=word[:40])
    return _WORDS[word] if not rest.strip() else refuse(MISUSED_COMMAND, usage=word)
