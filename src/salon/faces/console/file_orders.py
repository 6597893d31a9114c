"""What somebody who types a line wants of files. Pure."""

import re
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from salon.errors import MISUSED_COMMAND, Refusal, refuse

FILE_HELP = (
    "upload: PATH        put a file of yours on the room's shelf",
    "download: NAME      get a file of the room's into the folder where you started",
    "/download NAME as OTHER.ext   get it under another name; --udp at the end: over UDP",
    "/files              which files the room has",
    "/unshelve NAME      take your file off the shelf",
    "/request NAME FILE  get a file that this person shares",
    "/share FOLDER       let others get the files of this folder; /share - lets nobody any more",
    "/transfers          what is on its way",
    "/pause [N]          let transfer N, or all, stand still",
    "/proceed [N]        let it go on",
    "/cancel [N]         give it up",
)


class Upload(Struct, frozen=True):
    """Put the file at this path on the room's shelf."""

    path: str


class Download(Struct, frozen=True):
    """Get a file, under another name where one is given, over UDP where that is wanted."""

    name: str
    saved_as: str = ""
    udp: bool = False


class Files(Struct, frozen=True):
    """Tell which files there are."""


class TakeDown(Struct, frozen=True):
    """Take one's file off the shelf."""

    name: str


class Request(Struct, frozen=True):
    """Get a file that a person shares."""

    owner: str
    name: str


class Share(Struct, frozen=True):
    """Let others have the files of this folder; of none where it is empty, and tell which where it is None."""

    folder: str | None


class Moving(Struct, frozen=True):
    """Tell what is on its way."""


class Pause(Struct, frozen=True):
    """Let transfer `number` stand still; all where that is 0."""

    number: int


class Proceed(Struct, frozen=True):
    """Let it go on."""

    number: int


class Cancel(Struct, frozen=True):
    """Give it up; 0 is the only one that is on its way."""

    number: int


FileOrder: TypeAlias = Upload | Download | Files | TakeDown | Request | Share | Moving | Pause | Proceed | Cancel

_COLON = re.compile(r"(?P<literal>\\*)(?P<word>upload|download):(?P<rest>.*)", re.DOTALL)
_AS = re.compile(r"(?P<name>.+) as (?P<saved_as>.+)", re.DOTALL)
_UDP = re.compile(r"(?:^|\s)--udp$")  # a name that ends so stands in quotes
_FROM = re.compile(r' *(?:"(?P<quoted>[^"]+)"|(?P<owner>[^ "]+)) (?P<name>.+)', re.DOTALL)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


def colon_order(line: str) -> FileOrder | Refusal | str | None:
    r"""What `upload: PATH` and `download: NAME` ask. None where the line is neither; where it has a `\` in front, what
    it says without that.
    """
    match = _COLON.fullmatch(line)
    if match is None:
        return None
    if match["literal"]:
        return line[1:]
    rest = match["rest"].strip()
    if not rest:
        return refuse(MISUSED_COMMAND, usage="upload: PATH" if match["word"] == "upload" else "download: NAME")
    return Upload(rest) if match["word"] == "upload" else Download(unquoted(rest))


def unquoted(text: str) -> str:
    """What stands between quotes, where quotes stand around all of it."""
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'" else text


def _download(rest: str) -> FileOrder | Refusal:
    text = rest.strip()
    over, udp = _UDP.subn("", text)
    text = over.strip()
    if not text:
        return refuse(MISUSED_COMMAND, usage="/download NAME as OTHER.ext --udp")
    match = _AS.fullmatch(text)
    if match is None:
        return Download(unquoted(text), udp=bool(udp))
    return Download(unquoted(match["name"].strip()), unquoted(match["saved_as"].strip()), bool(udp))


def _take_down(rest: str) -> FileOrder | Refusal:
    name = unquoted(rest.strip())
    return TakeDown(name) if name else refuse(MISUSED_COMMAND, usage="/unshelve NAME")


def _request(rest: str) -> FileOrder | Refusal:
    match = _FROM.fullmatch(rest)
    name = unquoted(match["name"].strip()) if match else ""
    if match is None or not name:
        return refuse(MISUSED_COMMAND, usage="/request NAME FILE")
    return Request(match["quoted"] or match["owner"], name)


def _share(rest: str) -> FileOrder:
    text = rest.strip()
    return Share(None if not text else "" if text == "-" else text)


def _numbered(order: Callable[[int], FileOrder], usage: str) -> Callable[[str], FileOrder | Refusal]:
    def read(rest: str) -> FileOrder | Refusal:
        text = rest.strip()
        if text and not _NUMBER.fullmatch(text):
            return refuse(MISUSED_COMMAND, usage=usage)
        return order(int(text or 0))

    return read


FILE_ORDERS: dict[str, Callable[[str], FileOrder | Refusal]] = {
    "/download": _download,
    "/files": lambda _: Files(),
    "/unshelve": _take_down,
    "/request": _request,
    "/share": _share,
    "/transfers": lambda _: Moving(),
    "/pause": _numbered(Pause, "/pause [N]"),
    "/proceed": _numbered(Proceed, "/proceed [N]"),
    "/cancel": _numbered(Cancel, "/cancel [N]"),
}
