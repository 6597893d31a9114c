"""The dialect of full clients: entries and notices as JSON documents, one a line."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from salon.core.batch import Kept
from salon.core.commands import Command
from salon.core.events import Edited, Entry, Redacted, Said, Shelved, TopicChanged, Unshelved
from salon.core.people import Person
from salon.errors import Refusal
from salon.wire.answers import (
    Ack,
    AckDocument,
    Document,
    Error,
    ErrorDocument,
    Gap,
    GapDocument,
    Message,
    MessageDocument,
    Notification,
    NotificationDocument,
    encode,
    encode_all,
)


class RoomView(Struct, frozen=True):
    """What a dialect must know of a room: its visible name and, where it is a private one, its two people."""

    name: str
    between: tuple[Person, ...] = ()

    def other(self, person: int) -> str:
        """To whom somebody speaks in a private room; nobody in an open one."""
        if not self.between:
            return ""
        one, other = self.between
        return other.name if one.number == person else one.name


class Dialect(Protocol):
    """How one kind of client is told what happens. Pure: encoded once, written to all who speak it.

    title  what the operator sees it called
    echo   whether people are shown their own entries, and that they came and went themselves
    paced  whether its clients take one thing at a time: who is far behind goes on with the newest
    """

    title: str
    echo: bool
    paced: bool

    def entries(self, room: RoomView, entries: Sequence[Entry]) -> bytes:
        """Entries of one room, in their order."""

    def presence(self, room: RoomView, joined: list[str], left: list[str]) -> bytes:
        """Who came and who went."""

    def members(self, room: RoomView, names: list[str]) -> bytes:
        """Everybody who is here now, for whoever missed who came and went."""

    def gap(self, room: RoomView, first: int, last: int, why: str) -> bytes:
        """Entries that cannot be had any more."""

    def notice(self, kind: str, sentence: str, room: str = "", sender: str = "", target: int = 0) -> bytes:
        """A sentence that is not in the log, so without `seq`; `target` is the entry that it is about."""

    def settled(self, room: str, outcomes: Sequence[tuple[Command, Kept | Refusal]]) -> bytes:
        """What became of one's own commands, now that it is durable."""

    def refused(self, refusal: Refusal, command_id: str = "") -> bytes:
        """Why something was not done."""


class Documents:
    """JSON documents, `message` for what was said and `notification` for all else."""

    title = "JSON"
    echo = True
    paced = False

    def finish(self, lines: bytes) -> bytes:
        """Documents, a line each, as they go out."""
        return lines

    def document(self, document: Document) -> bytes:
        """One document."""
        return self.finish(encode(document))

    def entries(self, room: RoomView, entries: Sequence[Entry]) -> bytes:
        if room.between:
            return self.finish(encode_all([document_of(room, entry) for entry in entries]))
        name = room.name
        # The hot path of a whole server: no call per entry that can be done without.
        return self.finish(
            encode_all(
                [
                    MessageDocument(Message(entry.author, name, entry.event.text, entry.seq, entry.time, entry.id))
                    if type(entry.event) is Said and not (entry.event.edited or entry.event.redacted)
                    else document_of(room, entry)
                    for entry in entries
                ]
            )
        )

    def presence(self, room: RoomView, joined: list[str], left: list[str]) -> bytes:
        sentence = " ".join(
            [*(f"{name} has joined the room." for name in joined), *(f"{name} has left the room." for name in left)]
        )
        return self.document(
            NotificationDocument(Notification(sentence, "presence", room.name, joined=joined, left=left))
        )

    def members(self, room: RoomView, names: list[str]) -> bytes:
        sentence = f"{len(names)} are here."
        return self.document(NotificationDocument(Notification(sentence, "members", room.name, members=names)))

    def progress(self, room: RoomView, by: str, name: str, size: int, offset: int, gone: bool) -> bytes:
        """How far somebody's upload is, or that it was given up."""
        sentence = f"{by} gave up {name}." if gone else f"{by} is sending {name}."
        kind = "upload_gone" if gone else "upload"
        about = Notification(sentence, kind, room.name, sender=by, name=name, size=size, offset=offset)
        return self.document(NotificationDocument(about))

    def gap(self, room: RoomView, first: int, last: int, why: str) -> bytes:
        return self.document(GapDocument(Gap(room.name, first, last, why)))

    def notice(self, kind: str, sentence: str, room: str = "", sender: str = "", target: int = 0) -> bytes:
        return self.document(NotificationDocument(Notification(sentence, kind, room, sender=sender, target=target)))

    def settled(self, room: str, outcomes: Sequence[tuple[Command, Kept | Refusal]]) -> bytes:
        return self.finish(
            encode_all(
                [
                    AckDocument(Ack(command.id, room, outcome.seq, outcome.time))
                    if isinstance(outcome, Kept)
                    else error_of(outcome, command.id)
                    for command, outcome in outcomes
                    if command.id or not isinstance(outcome, Kept)
                ]
            )
        )

    def refused(self, refusal: Refusal, command_id: str = "") -> bytes:
        return self.document(error_of(refusal, command_id))


def error_of(refusal: Refusal, command_id: str = "") -> ErrorDocument:
    """The document that tells a full client of a refusal."""
    return ErrorDocument(Error(refusal.code, refusal.message, refusal.problem.retry, command_id, refusal.plain_fields))


def document_of(room: RoomView, entry: Entry) -> MessageDocument | NotificationDocument:
    """The document that tells a full client of an entry."""
    return _DOCUMENT_OF[type(entry.event)](room, entry, entry.event)


def _said(room: RoomView, entry: Entry, event: Said) -> MessageDocument:
    to = room.other(entry.person)
    return MessageDocument(
        Message(entry.author, room.name, event.text, entry.seq, entry.time, entry.id, to, event.edited, event.redacted)
    )


def _edited(room: RoomView, entry: Entry, event: Edited) -> NotificationDocument:
    sentence = f"{entry.author} edited message {event.target}."
    return _noted(room, entry, sentence, "edited", target=event.target, text=event.text)


def _redacted(room: RoomView, entry: Entry, event: Redacted) -> NotificationDocument:
    return _noted(room, entry, f"{entry.author} deleted message {event.target}.", "redacted", target=event.target)


def _topic(room: RoomView, entry: Entry, event: TopicChanged) -> NotificationDocument:
    sentence = f"{entry.author} set the topic: {event.topic}" if event.topic else f"{entry.author} took the topic away."
    return _noted(room, entry, sentence, "topic", topic=event.topic)


def _shelved(room: RoomView, entry: Entry, event: Shelved) -> NotificationDocument:
    sentence = f"User {entry.author} uploaded the {event.name} file"
    return _noted(room, entry, sentence, "shelved", name=event.name, size=event.size, sha256=event.sha256)


def _unshelved(room: RoomView, entry: Entry, event: Unshelved) -> NotificationDocument:
    return _noted(room, entry, unshelved_sentence(entry, event), "unshelved", name=event.name, sha256=event.sha256)


def unshelved_sentence(entry: Entry, event: Unshelved) -> str:
    """Why a file is not on the shelf any more."""
    if event.keep:
        return f"{event.name} left the shelf (the {event.keep} newest are kept)"
    return f"{entry.author} took {event.name} off the shelf."


def _noted(room: RoomView, entry: Entry, sentence: str, kind: str, **fields: Any) -> NotificationDocument:
    return NotificationDocument(
        Notification(sentence, kind, room.name, entry.seq, entry.time, entry.author, entry.id, **fields)
    )


_DOCUMENT_OF: dict[type, Callable[[RoomView, Entry, Any], MessageDocument | NotificationDocument]] = {
    Said: _said,
    Edited: _edited,
    Redacted: _redacted,
    TopicChanged: _topic,
    Shelved: _shelved,
    Unshelved: _unshelved,
}

DOCUMENTS = Documents()
