"""Deciding: a command and the room as it is give an event, or the reason why not."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from salon.core import shelf
from salon.core.commands import ChangeTopic, Command, Delete, Edit, Say, Shelve, Unshelve
from salon.core.events import Edited, Entry, Event, Redacted, Said, Shelved, TopicChanged, Unshelved
from salon.core.limits import TEXT_CHARS, TOPIC_CHARS
from salon.core.people import NOBODY, Person
from salon.core.room import RoomState
from salon.errors import (
    EMPTY,
    NO_SUCH_FILE,
    NO_SUCH_MESSAGE,
    NOT_YOUR_FILE,
    NOT_YOURS,
    REDACTED,
    TOO_LONG,
    Refusal,
    refuse,
)

Targets: TypeAlias = Mapping[int, Entry]  # the entries that commands of a batch want to change, as they stand now

Decision: TypeAlias = Event | tuple[Event, ...] | Refusal  # several events stand or fall together
_NEW = RoomState()


def decide(author: Person, command: Command, targets: Targets, state: RoomState = _NEW) -> Decision:
    """What the command makes true, or why it does not. Pure: nothing happens here."""
    return _DECIDE[type(command)](author, command, targets, state)


def target_of(command: Command) -> int:
    """The number of the entry that the command wants to change, or 0."""
    return command.seq if isinstance(command, Edit | Delete) else 0


def _say(_author: Person, command: Say, _targets: Targets, _state: RoomState) -> Decision:
    text = command.text
    return Said(text) if 0 < len(text) <= TEXT_CHARS else _refuse_text(text)


def _edit(author: Person, command: Edit, targets: Targets, _state: RoomState) -> Decision:
    if not 0 < len(command.text) <= TEXT_CHARS:
        return _refuse_text(command.text)
    return _flaw(author, command.seq, targets) or Edited(command.seq, command.text)


def _delete(author: Person, command: Delete, targets: Targets, _state: RoomState) -> Decision:
    return _flaw(author, command.seq, targets) or Redacted(command.seq)


def _change_topic(_author: Person, command: ChangeTopic, _targets: Targets, _state: RoomState) -> Decision:
    if len(command.text) > TOPIC_CHARS:
        return refuse(TOO_LONG, length=len(command.text), limit=TOPIC_CHARS)
    return TopicChanged(command.text)


def _shelve(_author: Person, command: Shelve, _targets: Targets, state: RoomState) -> Decision:
    """The file, and what it pushes out, in one step: the shelf is never seen with more than it keeps."""
    leaving = shelf.pushed_out(state.shelf, command.name, command.keep)
    return (
        Shelved(command.name, command.size, command.sha256),
        *(Unshelved(mark.name, mark.sha256, command.keep) for mark in leaving),
    )


def _unshelve(author: Person, command: Unshelve, _targets: Targets, state: RoomState) -> Decision:
    mark = shelf.find(state.shelf, command.name)
    if mark is None:
        return refuse(NO_SUCH_FILE, name=command.name)
    if author.number not in (mark.person, NOBODY.number):  # the server itself may, for its operator
        return refuse(NOT_YOUR_FILE, name=command.name)
    return Unshelved(mark.name, mark.sha256)


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


_DECIDE: dict[type, Callable[[Person, Any, Targets, RoomState], Decision]] = {
    Say: _say,
    Edit: _edit,
    Delete: _delete,
    ChangeTopic: _change_topic,
    Shelve: _shelve,
    Unshelve: _unshelve,
}
