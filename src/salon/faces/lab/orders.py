"""What a line that is typed into the lab chat asks. Pure."""

from typing import TypeAlias

from msgspec import Struct


class Say(Struct, frozen=True):
    """Say it to the room."""

    text: str


class Upload(Struct, frozen=True):
    """Give the room a file; the path is one of this machine."""

    path: str


class Download(Struct, frozen=True):
    """Fetch one of the room's files."""

    name: str


class Exit(Struct, frozen=True):
    """Goodbye."""


Order: TypeAlias = Say | Upload | Download | Exit | None


def order_of(line: str) -> Order:
    r"""What the line asks; nothing where it is empty.

    `upload: PATH`, `download: NAME` and `exit` are all there is; paths and names may hold blanks and colons. A line
    that begins with `\` says what stands behind that, whatever it looks like.
    """
    if line.startswith("\\"):
        return Say(line[1:]) if line != "\\" else None
    if line.strip() == "exit":
        return Exit()
    word, colon, rest = line.partition(":")
    if colon and word == "upload":
        return Upload(rest.strip())
    if colon and word == "download":
        return Download(rest.strip())
    return Say(line) if line else None
