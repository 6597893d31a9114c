"""A room's log as the rules see it: what `decide_batch` returns, applied by hand."""

from __future__ import annotations

from salon.core.batch import Batch, IdempotencyKey, Kept, Submission, decide_batch
from salon.core.commands import Command
from salon.core.events import Entry, Said
from salon.core.people import Person
from salon.core.room import RoomState
from salon.core.rules import target_of
from salon.errors import Refusal

ANN = Person("ann", 1)
BOB = Person("bob", 2)

Outcome = Kept | Refusal


class Paper:
    """Entries by number, ids, and the state kept while deciding."""

    def __init__(self) -> None:
        self.state = RoomState("lobby")
        self.entries: dict[int, Entry] = {}
        self.ids: dict[IdempotencyKey, Kept] = {}
        self.now = 1_000

    @property
    def head(self) -> int:
        return len(self.entries)

    def decide(self, *orders: tuple[Person, Command]) -> Batch:
        """Decide, with what the hall would have brought: the targets, their last edits and the known ids."""
        wanted = {seq for _, command in orders if (seq := target_of(command))}
        targets = {seq: self.entries[seq] for seq in wanted if seq in self.entries}
        edits = {entry.event.edited for entry in targets.values() if isinstance(entry.event, Said)} - {0}
        targets |= {seq: self.entries[seq] for seq in edits}
        known = {key: kept for who, order in orders if (kept := self.ids.get(key := (who.number, order.id)))}
        submissions = [Submission(who, command) for who, command in orders]
        return decide_batch(self.state, self.head, self.now, submissions, targets, known)

    def keep(self, batch: Batch) -> None:
        """What a log does with a batch."""
        assert not batch.keys.keys() & self.ids.keys()
        self.entries |= batch.rewrites
        self.entries |= {entry.seq: entry for entry in batch.entries}
        self.ids |= batch.keys
        self.state = batch.state
        self.now += 1

    def take(self, *orders: tuple[Person, Command]) -> list[Outcome]:
        """Decide and keep; what became of each order."""
        batch = self.decide(*orders)
        self.keep(batch)
        return batch.outcomes

    def texts(self) -> set[str]:
        """Every text that can still be read anywhere."""
        return {text for entry in self.entries.values() if (text := getattr(entry.event, "text", None))}
