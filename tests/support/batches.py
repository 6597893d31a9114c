"""Batches as the rules make them, without the rules."""

from __future__ import annotations

from salon.core.batch import Batch, Kept
from salon.core.events import Entry, Event, Said
from salon.core.room import RoomState

LOBBY = RoomState("lobby")


def entry(
    seq: int, text: str = "", *, time: int = 0, person: int = 1, id: str = "", event: Event | None = None
) -> Entry:
    """An entry of person `person`; its time is `seq` seconds unless another is given."""
    return Entry(seq, time or seq * 1000, f"p{person}", person, event or Said(text or f"text {seq}"), id)


def batch_of(*entries: Entry, rewrites: dict[int, Entry] | None = None, state: RoomState = LOBBY) -> Batch:
    """What a decision would have led to: each id stands for its entry."""
    keys = {(one.person, one.id): Kept(one.seq, one.time, one.seq * 7) for one in entries if one.id}
    return Batch(list(entries), rewrites or {}, keys, state, [])


def run(first: int, last: int) -> Batch:
    """Entries `first` to `last`, without ids."""
    return batch_of(*(entry(seq) for seq in range(first, last + 1)))
