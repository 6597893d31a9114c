"""What happens on a server, for whoever runs it: values of a few kinds, and the words in which they are shown.

Nothing here is in a room's log. A happening is made of an entry, or of something that passes: who came and went, who
fetches what. The words are those of the server's window (docs/operating.md); texts are cut, and hold no control
characters.
"""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from salon.core.events import Entry, Said
from salon.core.limits import HAPPENING_CHARS
from salon.core.names import LOBBY
from salon.core.text import printable
from salon.wire.dialect import RoomView
from salon.wire.sentences import sentence_of

Kind = Literal[
    "connected",
    "left",
    "joined",
    "parted",
    "said",
    "changed",
    "wants",
    "halted",
    "proceeding",
    "downloaded",
    "stopped",
    "sending",
    "given_up",
    "refused",
    "operator",
    "sent_out",
    "missed",
    "note",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_NAMES = 20  # so many of those who came into a room at once are named
_CUT = " …"


class Happening(Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that happened.

    time       milliseconds since 1970 UTC
    who        whose doing it was; an address where there is no name
    names      all of them, where several did the same
    room, to   where it was, and for whom; `to` only in private
    text       what was said, or a sentence; None where it is private
    file       the name of a file, of which `offset` of `size` bytes are through
    last_byte  the byte before `offset`, where it was looked at
    code       of a refusal
    count      happenings that were too many to be told
    level      of a note of the program's own: `info`, `warning`, `error`
    """

    kind: Kind
    time: int
    who: str = ""
    names: tuple[str, ...] = ()
    room: str = ""
    to: str = ""
    text: str | None = None
    file: str = ""
    size: int = 0
    offset: int = 0
    last_byte: int | None = None
    code: str = ""
    count: int = 0
    level: str = ""


def of_entry(view: RoomView, entry: Entry, *, private: bool) -> Happening | None:
    """What an entry tells. Of private rooms that somebody spoke, and what they said only where `private` is set."""
    event = entry.event
    shown = private or not view.between
    if isinstance(event, Said):
        text = None if event.redacted or not shown else _line(event.text)
        to = view.other(entry.person)
        return Happening("said", entry.time, entry.author, room=view.name, to=to, text=text)
    sentence = sentence_of(entry)
    if not (shown and sentence):
        return None
    return Happening("changed", entry.time, entry.author, room=view.name, text=_line(sentence))


def words(happening: Happening) -> str:
    """The happening as one line."""
    return printable(_WORDS[happening.kind](happening))


def lines_of(view: RoomView, entries: Sequence[Entry], *, private: bool) -> list[str]:
    """The words of what these entries tell."""
    if view.between:
        told = (of_entry(view, entry, private=private) for entry in entries)
        return [words(happening) for happening in told if happening is not None]
    begin = f"send to {_everybody(view.name)} - "
    lines = []
    for entry in entries:  # what a busy room's log costs is decided here
        event = entry.event
        if type(event) is Said and not event.redacted:
            lines.append(printable(f"{begin}{entry.author}: {_line(event.text)}"))
        elif (happening := of_entry(view, entry, private=private)) is not None:
            lines.append(words(happening))
    return lines


def as_json(happening: Happening) -> str:
    """The happening as one JSON object, its words under `line`."""
    return msgspec.json.encode({**msgspec.to_builtins(happening), "line": words(happening)}).decode()


def percent(offset: int, size: int) -> str:
    """How far `offset` is in `size`, with two digits and rounded down: only what is whole has 100 of it."""
    hundredths = 10_000 * offset // size if size else 10_000
    return "100%" if hundredths >= 10_000 else f"{hundredths // 100}.{hundredths % 100:02d}%"


def _line(text: str) -> str:
    return text if len(text) <= HAPPENING_CHARS else text[:HAPPENING_CHARS] + _CUT


def _said(one: Happening) -> str:
    to = one.to or _everybody(one.room)
    return f"send to {to} - {one.who}" + ("" if one.text is None else f": {one.text}")


def _everybody(room: str) -> str:
    return "all" if room == LOBBY else f"all in {room}"


def _changed(one: Happening) -> str:
    return f"{one.text}" if one.room == LOBBY else f"{one.text} ({one.room})"


def _several(one: Happening) -> str:
    names = ", ".join(one.names[:_NAMES])
    return f"{names} and {len(one.names) - _NAMES} more" if len(one.names) > _NAMES else names


def _halted(one: Happening) -> str:
    last = "" if one.last_byte is None else f" last byte is: 0x{one.last_byte:02x}"
    return f"send to {one.who} - user {one.who} downloaded {percent(one.offset, one.size)} out of file.{last}"


_WORDS: dict[Kind, Callable[[Happening], str]] = {
    "connected": lambda one: f"{one.who} connected to the server",
    "left": lambda one: f"{one.who} has left the chat",
    "joined": lambda one: f"{_several(one)} joined {one.room}",
    "parted": lambda one: f"{_several(one)} left {one.room}",
    "said": _said,
    "changed": _changed,
    "wants": lambda one: f"{one.who} - want to download {one.file}",
    "halted": _halted,
    "proceeding": lambda one: f"send to {one.who} - user {one.who} confirm proceeding.",
    "downloaded": lambda one: f"user {one.who} downloaded 100% out of file.",
    "stopped": lambda one: f"user {one.who} stopped downloading {one.file} at {percent(one.offset, one.size)}",
    "sending": lambda one: f"{one.who} - want to upload {one.file}",
    "given_up": lambda one: f"user {one.who} gave up uploading {one.file} at {percent(one.offset, one.size)}",
    "refused": lambda one: f"{one.who} was refused: {one.text}",
    "operator": lambda one: f"send to all - the operator: {one.text}",
    "sent_out": lambda one: f"the operator sent {one.who} out",
    "missed": lambda one: f"{one.count} happenings are not shown here: they were too many at once.",
    "note": lambda one: f"{one.text}",
}
