"""Deciding a batch: the commands that arrived for a room while its last batch was written.

They are decided in order, each on what the one before left, and numbered densely. The result is a value: what to
append, what to rewrite, and what to tell each sender once that is durable.
"""

from collections.abc import Iterable, Mapping
from zlib import crc32

import msgspec
from msgspec import Struct

from salon.core.commands import Command, Say
from salon.core.events import Edited, Entry, Event, Redacted, Said
from salon.core.people import Person
from salon.core.room import RoomState, apply
from salon.core.rules import Targets, decide
from salon.errors import ID_REUSED, Refusal, refuse

_NOT_ASKED = frozenset(
    ("id", "room", "keep")
)  # of a command's fields: `keep` is the operator's, and may change meanwhile

IdempotencyKey = tuple[int, str]  # the person's number and what their client called the command


class Submission(Struct, frozen=True, gc=False):
    """A command with its author. `origin` is whoever is to be told; the rules never look at it."""

    author: Person
    command: Command
    origin: object = None


class Kept(Struct, frozen=True, gc=False):
    """Where a command ended up: its entry's number and time, and a fingerprint of what it asked."""

    seq: int
    time: int
    fingerprint: int


class Batch(Struct, frozen=True):
    """What one decision leads to.

    entries   new entries, numbered from the head on
    rewrites  older entries as they are to stand from now on, by number
    keys      where the commands that had an id ended up
    state     the room's state behind the last entry
    outcomes  for each submission, in order: where it stands, or why it was refused
    """

    entries: list[Entry]
    rewrites: dict[int, Entry]
    keys: dict[IdempotencyKey, Kept]
    state: RoomState
    outcomes: list[Kept | Refusal]


def fingerprint(command: Command) -> int:
    """32 bits that differ when one id is used for two contents: a guard against mistakes, not against malice."""
    if isinstance(command, Say):
        return crc32(command.text.encode())
    content = {name: value for name, value in msgspec.structs.asdict(command).items() if name not in _NOT_ASKED}
    return crc32(msgspec.json.encode([type(command).__name__, content]))


def decide_batch(
    state: RoomState,
    head: int,
    now: int,
    submissions: Iterable[Submission],
    targets: Targets,
    known: Mapping[IdempotencyKey, Kept] | None = None,
) -> Batch:
    """Decide every submission.

    head     the room's last number so far
    now      milliseconds; not before the room's last entry
    targets  the entries that the commands want to change and their last edits, as they stand
    known    ids that the log has already, as it said; their commands are not decided again
    """
    known = known or {}
    draft = _Draft(head, targets)
    keys: dict[IdempotencyKey, Kept] = {}
    outcomes: list[Kept | Refusal] = []
    for submission in submissions:
        author, command = submission.author, submission.command
        key = (author.number, command.id)
        mark = fingerprint(command)
        if command.id and (before := keys.get(key) or known.get(key)):
            outcomes.append(before if before.fingerprint == mark else refuse(ID_REUSED, id=command.id))
            continue
        event = decide(author, command, draft.targets, state)
        if isinstance(event, Refusal):
            outcomes.append(event)
            continue
        kept = Kept(draft.head + len(draft.entries) + 1, now, mark)
        if command.id:
            keys[key] = kept
        outcomes.append(kept)
        if type(event) is Said:  # nearly always
            draft.add(now, author, event, command.id)
        else:
            for each in event if isinstance(event, tuple) else (event,):
                state = apply(state, draft.add(now, author, each, command.id))
    return Batch(draft.entries, draft.rewrites, keys, state, outcomes)


class _Draft:
    """The entries of a batch while it grows, and what they change in entries before them."""

    def __init__(self, head: int, targets: Targets) -> None:
        self.head = head
        self.entries: list[Entry] = []
        self.rewrites: dict[int, Entry] = {}
        self.targets = dict(targets)

    def add(self, now: int, author: Person, event: Event, command_id: str) -> Entry:
        entry = Entry(self.head + len(self.entries) + 1, now, author.name, author.number, event, command_id)
        self.entries.append(entry)
        if type(event) is Said:  # nearly always
            return entry
        if isinstance(event, Edited):
            self._change(event.target, entry, Said(event.text or "", edited=entry.seq))
        elif isinstance(event, Redacted):
            self._change(event.target, entry, Said("", redacted=entry.seq))
        return entry

    def _change(self, seq: int, cause: Entry, said: Said) -> None:
        """The target takes its new text; the edit before this one loses its own, so that nothing old stays readable."""
        target = self.targets[seq]
        last_edit = self.targets.get(getattr(target.event, "edited", 0))
        if last_edit is not None:
            self._put(last_edit, Edited(seq))
        self._put(target, said)
        self.targets[cause.seq] = cause

    def _put(self, entry: Entry, event: Event) -> None:
        entry = Entry(entry.seq, entry.time, entry.author, entry.person, event, entry.id)
        self.targets[entry.seq] = entry
        if entry.seq > self.head:
            self.entries[entry.seq - self.head - 1] = entry
        else:
            self.rewrites[entry.seq] = entry
