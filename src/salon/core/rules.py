"""Deciding: a command and the room as it is give an event, or the reason why not."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from salon.core.commands import ChangeTopic, Command, Delete, Edit, Say
from salon.core.events import Edited, Entry, Event, Redacted, Said, TopicChanged
from salon.core.limits import TEXT_CHARS, TOPIC_CHARS
from salon.core.people import Person
from salon.errors import EMPTY, NO_SUCH_MESSAGE, NOT_YOURS, REDACTED, TOO_LONG, Refusal, refuse

Targets: TypeAlias = Mapping[int, Entry]  # the entries that commands of a batch want to change, as they stand now


def decide(author: Person, command: Command, targets: Targets) -> Event | Refusal:
    """What the command makes true, or why it does not. Pure: nothing happens here."""
    return _DECIDE[type(command)](author, command, targets)


def target_of(command: Command) -> int:
    """The number of the entry that the command wants to change, or 0."""
    return command.seq if isinstance(command, Edit | Delete) else 0


def _say(_author: Person, command: Say, _targets: Targets) -> Event | Refusal:
    text = command.text
    return Said(text) if 0 < len(text) <= TEXT_CHARS else _refuse_text(text)


def _edit(author: Person, command: Edit, targets: Targets) -> Event | Refusal:
    if not 0 < len(command.text) <= TEXT_CHARS:
        return _refuse_text(command.text)
    return _flaw(author, command.seq, targets) or Edited(command.seq, command.text)


def _delete(author: Person, command: Delete, targets: Targets) -> Event | Refusal:
    return _flaw(author, command.seq, targets) or Redacted(command.seq)


def _change_topic(_author: Person, command: ChangeTopic, _targets: Targets) -> Event | Refusal:
    if len(command.text) > TOPIC_CHARS:
        return refuse(TOO_LONG, length=len(command.text), limit=TOPIC_CHARS)
    return TopicChanged(command.text)


def _refuse_text(text: str) -> Refusal:
    return refuse(TOO_LONG, length=len(text), limit=TEXT_CHARS) if text else refuse(EMPTY)


def _flaw(author: Person, seq: int, targets: Targets) -> Refusal | None:
    """Why this person cannot change that entry, or None where they can."""
    target = targets.get(seq)
    if target is None or not isinstance(target.event, Said):
        return refuse(NO_SUCH_MESSAGE, seq=seq)
    if target.person != author.number:
        return refuse(NOT_YOURS)
    if target.event.redacted:
        return refuse(REDACTED)
    return None


_DECIDE: dict[type, Callable[[Person, Any, Targets], Event | Refusal]] = {
    Say: _say,
    Edit: _edit,
    Delete: _delete,
    ChangeTopic: _change_topic,
}
