"""What happened in a room as a sentence, for dialects that show sentences alone."""

from collections.abc import Callable
from typing import Any

from salon.core.events import Edited, Entry, Redacted, Shelved, TopicChanged, Unshelved
from salon.wire.dialect import unshelved_sentence


def sentence_of(entry: Entry) -> str:
    """What this entry tells, or nothing where it has nothing to tell. What was said is not a sentence of ours."""
    return _SENTENCES[type(entry.event)](entry, entry.event)


PRIVATE_IS_LOGGED = "The operator of this server is shown what people say in private."


def announced(text: str) -> str:
    """The operator says something to everybody."""
    return f"The operator: {text}"


def came(name: str) -> str:
    """Somebody is here now."""
    return f"{name} has joined the room."


def went(name: str) -> str:
    """Somebody is not here any more."""
    return f"{name} has left the room."


def _edited(entry: Entry, event: Edited) -> str:
    return "" if event.text is None else f"{entry.author} corrected: {event.text}"


def _redacted(entry: Entry, _event: Redacted) -> str:
    return f"{entry.author} deleted a message."


def _topic(entry: Entry, event: TopicChanged) -> str:
    return f"{entry.author} set the topic: {event.topic}" if event.topic else f"{entry.author} took the topic away."


def _shelved(entry: Entry, event: Shelved) -> str:
    return f"User {entry.author} uploaded the {event.name} file"


_SENTENCES: dict[type, Callable[[Entry, Any], str]] = {
    Edited: _edited,
    Redacted: _redacted,
    TopicChanged: _topic,
    Shelved: _shelved,
    Unshelved: unshelved_sentence,
}
