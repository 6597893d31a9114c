"""The dialect of lab clients: everything said twice over, in the spelling of whoever listens.

Clients that take one read of 1,024 bytes for one document get documents that fit: a longer text comes as several
messages, a very long one is cut. What one said oneself does not come back.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from salon.core.batch import Kept
from salon.core.commands import Command
from salon.core.events import Entry, Said
from salon.core.limits import READ_BYTES, TEXT_PARTS
from salon.errors import Refusal
from salon.wire.dialect import RoomView
from salon.wire.files import Parcel, base64_size
from salon.wire.lab.forms import FILE_NAME, FILE_SIZE, FileWords, Form, Frame
from salon.wire.sentences import came, sentence_of, went

_CUT = " …"
_SMALLEST_PART = 64  # bytes of text in a document; where long names leave less, things are said once only
_CLOSING = len(b'"}}')  # what ends a document behind its last text
_UNSAID = frozenset(("typing", "read"))  # signs that such clients have no word for

Payload = Mapping[str, Any]
_NOTHING: Payload = {}


class Lab:
    """`Dialect` for clients of one form."""

    title = "lab"
    echo = False

    def __init__(self, form: Form) -> None:
        self.form = form
        self.paced = form.paced

    def entries(self, room: RoomView, entries: Sequence[Entry]) -> bytes:
        return b"".join([self._entry(room, entry) for entry in entries])

    def presence(self, room: RoomView, joined: list[str], left: list[str]) -> bytes:
        return b"".join([self.told(sentence) for sentence in (*map(came, joined), *map(went, left))])

    def members(self, room: RoomView, names: list[str]) -> bytes:
        return b""

    def progress(self, room: RoomView, by: str, name: str, size: int, offset: int, gone: bool) -> bytes:
        return b""

    def gap(self, room: RoomView, first: int, last: int, why: str) -> bytes:
        return self.told(f"Messages left out here: {last - first + 1}. {why}")

    def notice(self, kind: str, sentence: str, room: str = "", sender: str = "", target: int = 0) -> bytes:
        return b"" if kind in _UNSAID else self.told(sentence)

    def settled(self, room: str, outcomes: Sequence[tuple[Command, Kept | Refusal]]) -> bytes:
        return b"".join(
            [
                self.refused(outcome, command.id)
                if isinstance(outcome, Refusal)
                else self._kept(command.id, room, outcome)
                for command, outcome in outcomes
                if command.id or isinstance(outcome, Refusal)
            ]
        )

    def refused(self, refusal: Refusal, command_id: str = "") -> bytes:
        more = {"code": refusal.code} | ({"id": command_id} if command_id else {})
        return self._sentence("error", refusal.message, more)

    # the words of the lab

    def told(self, sentence: str) -> bytes:
        """A notification."""
        return self._sentence("notification", sentence)

    def acknowledged(self, kind: str, sentence: str, **fields: Any) -> bytes:
        """That something was done: `connect_ack`, `exit_ack`, `ack`."""
        return self._framed(kind, {"message": sentence, "msg": sentence, "status": 0, **fields})

    # files

    def brings(self, words: FileWords, name: str, size: int) -> Parcel:
        """A document with a file of so many bytes."""
        kind = name.rpartition(".")[2] if words.brings == "media" else ""
        payload = {**_named(words, name), **({"format": kind} if kind else {}), words.content: ""}
        document = self.form.write(words.brings, payload)
        # The content stands last, between its quotes, and no newline is a part of it.
        before = self.form.before(len(document) + base64_size(size))
        first, last = document[:-_CLOSING], document[-_CLOSING:]
        return Parcel(before, first, last) if self.paced else Parcel(b"", before + first, last)

    def announces(self, words: FileWords, name: str, size: int) -> Parcel:
        """A document that announces so many raw bytes."""
        sizes = dict.fromkeys((words.size, FILE_SIZE[0]), size)
        return Parcel(self._framed(words.announces, {**_named(words, name), **sizes}), raw=True)

    def withheld(self, refusal: Refusal, *, raw: bool) -> bytes:
        """Why a file does not come. Those who read one as raw bytes, or behind a length, know notifications alone."""
        told = raw or self.form.frame is Frame.LENGTH
        return self.told(refusal.message) if told else self.refused(refusal)

    def _kept(self, command_id: str, room: str, kept: Kept) -> bytes:
        return self.acknowledged("ack", "Sent.", id=command_id, room=room, seq=kept.seq, time=kept.time)

    def _entry(self, room: RoomView, entry: Entry) -> bytes:
        event = entry.event
        if not isinstance(event, Said):
            sentence = sentence_of(entry)
            return self.told(sentence) if sentence else b""
        if event.redacted:
            return b""
        who = {"sender": entry.author, "name": entry.author, "room": room.name}
        return self._fitting(
            "message",
            lambda text: {**who, "text": text, "message": text, "content": text},
            lambda text: {"sender": entry.author, "room": room.name, "text": text},
            event.text,
            TEXT_PARTS,
        )

    def _sentence(self, kind: str, sentence: str, more: Payload = _NOTHING) -> bytes:
        return self._fitting(
            kind,
            lambda text: {"message": text, "text": text, "msg": text, **more},
            lambda text: {"message": text, **more},
            sentence,
            1,
        )

    # making it fit

    def _fitting(
        self, kind: str, full: Callable[[str], Payload], bare: Callable[[str], Payload], text: str, parts: int
    ) -> bytes:
        """Documents with this text: one, or at most so many as fit into a read each."""
        form = self.form
        if not form.paced:
            return self._framed(kind, full(text))
        if len(text) < READ_BYTES and len(form.write(kind, full(text))) < READ_BYTES:
            return self._framed(kind, full(text))
        payload, space = full, (READ_BYTES - 1 - len(form.write(kind, full("")))) // 3
        if space < _SMALLEST_PART or parts == 1:
            # Only an id that a client made up out of rare characters leaves less; then its documents do not fit.
            payload, space = bare, max(_SMALLEST_PART, READ_BYTES - 1 - len(form.write(kind, bare(""))))
        pieces = list(islice(_pieces(text, space, form.measure), parts + 1))
        if len(pieces) > parts:
            pieces = pieces[:parts]
            pieces[-1] = next(_pieces(pieces[-1], space - len(_CUT.encode()), form.measure)) + _CUT
        return b"".join([self._framed(kind, payload(piece)) for piece in pieces])

    def _framed(self, kind: str, payload: Payload) -> bytes:
        return self.form.framed(self.form.write(kind, payload))


def _named(words: FileWords, name: str) -> dict[str, Any]:
    return dict.fromkeys((words.name, FILE_NAME[0]), name)


def _pieces(text: str, space: int, measure: Callable[[str], int]) -> Iterator[str]:
    """The text in pieces that take at most `space` bytes each, as `measure` counts them."""
    at = 0
    while at < len(text):
        size = min(space, len(text) - at)
        while (taken := measure(text[at : at + size])) > space:
            size = min(size - 1, size * space // taken)
        yield text[at : at + size]
        at += size


@functools.cache
def dialect_of(form: Form) -> Lab:
    """The dialect that all clients of this form share, so that what goes to them is made once."""
    return Lab(form)
