"""A store that keeps nothing beyond its process: for `--memory`, and for whoever tests on top of Salon."""

import asyncio
from asyncio import Future
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeVar

from salon.core.batch import Batch, IdempotencyKey, Kept
from salon.core.events import Entry
from salon.core.limits import CHUNK_BYTES, IDEMPOTENCY_SECONDS
from salon.core.names import fold
from salon.core.people import Person
from salon.core.room import RoomState
from salon.hall.ports import Appended, Conflict, Known, Stored

T = TypeVar("T")


class _Room:
    def __init__(self, state: RoomState) -> None:
        self.state = state
        self.first = 1
        self.entries: list[Entry] = []  # entry n at n - first
        self.keys: dict[IdempotencyKey, Kept] = {}
        self.time = 0

    @property
    def head(self) -> int:
        return self.first + len(self.entries) - 1


class MemoryStore:
    """`hall.ports.Store` in dictionaries."""

    def __init__(self) -> None:
        self._rooms: dict[str, _Room] = {}
        self._people: dict[tuple[str, bytes], Person] = {}
        self._latest: dict[str, Person] = {}
        self._read: dict[int, dict[str, int]] = {}
        self._downloads: dict[str, Counter[int]] = {}

    def append(self, room: str, expected_head: int, batch: Batch, state: RoomState | None) -> Future[Appended]:
        return _done(self._append(room, expected_head, batch, state))

    def _append(self, key: str, expected_head: int, batch: Batch, state: RoomState | None) -> Appended:
        room = self._rooms.get(key)
        kept = {k: room.keys[k] for k in batch.keys if k in room.keys} if room else {}
        if kept:
            return Known(kept)
        if (room.head if room else 0) != expected_head:
            return Conflict()
        if room is None:
            room = self._rooms[key] = _Room(state or RoomState())
        elif state is not None:
            room.state = state
        for seq, entry in batch.rewrites.items():
            if seq >= room.first:
                room.entries[seq - room.first] = entry
        room.entries += batch.entries
        room.keys |= batch.keys
        room.time = batch.entries[-1].time
        return room.head

    def load(self, room: str) -> Future[Stored | None]:
        return _done(self._stored(room) if room in self._rooms else None)

    def read(self, room: str, after: int, limit: int) -> Future[list[Entry]]:
        found = self._rooms.get(room)
        begin = max(0, after + 1 - found.first) if found else 0
        return _done(_page(islice(found.entries, begin, begin + limit)) if found else [])

    def read_before(self, room: str, seq: int, limit: int) -> Future[list[Entry]]:
        found = self._rooms.get(room)
        end = max(0, min(seq - found.first, len(found.entries))) if found else 0
        backwards = _page(found.entries[n] for n in range(end - 1, max(-1, end - 1 - limit), -1)) if found else []
        return _done(backwards[::-1])

    def fetch(self, room: str, seqs: Iterable[int]) -> Future[dict[int, Entry]]:
        found = self._rooms.get(room)
        return _done(
            {n: found.entries[n - found.first] for n in seqs if found.first <= n <= found.head} if found else {}
        )

    def trim(self, room: str, first: int, now: int) -> Future[int]:
        found = self._rooms.get(room)
        if found is None:
            return _done(1)
        first = min(first, found.head + 1)
        if first > found.first:
            del found.entries[: first - found.first]
            found.first = first
        old = now - IDEMPOTENCY_SECONDS * 1000
        for key in [k for k, kept in found.keys.items() if kept.seq < found.first and kept.time < old]:
            del found.keys[key]
        return _done(found.first)

    def first_since(self, room: str, time: int) -> Future[int]:
        found = self._rooms.get(room)
        if found is None:
            return _done(1)
        return _done(found.first + bisect_left(found.entries, time, key=lambda entry: entry.time))

    def rooms(self) -> Future[list[Stored]]:
        return _done([self._stored(key) for key in sorted(self._rooms)])

    def rooms_between(self, person: int) -> Future[list[Stored]]:
        mine = [
            key for key, room in sorted(self._rooms.items()) if any(one.number == person for one in room.state.between)
        ]
        return _done([self._stored(key) for key in mine])

    def enter(self, name: str, proof: bytes, now: int, *, visiting: bool = False) -> Future[Person]:
        key = (fold(name), proof)
        person = self._people.setdefault(key, Person(name, len(self._people) + 1))
        if not visiting:
            self._latest[key[0]] = person
        self._latest.setdefault(key[0], person)
        return _done(Person(name, person.number))

    def find(self, name: str) -> Future[Person | None]:
        return _done(self._latest.get(fold(name)))

    def positions(self, person: int) -> Future[Mapping[str, int]]:
        return _done(dict(self._read.get(person, {})))

    def mark_read(self, person: int, room: str, seq: int) -> Future[None]:
        mine = self._read.setdefault(person, {})
        mine[room] = max(seq, mine.get(room, 0))
        return _done(None)

    def count_download(self, room: str, seq: int) -> Future[None]:
        self._downloads.setdefault(room, Counter())[seq] += 1
        return _done(None)

    def downloads(self, room: str) -> Future[Mapping[int, int]]:
        return _done(dict(self._downloads.get(room, {})))

    def close(self) -> Future[None]:
        return _done(None)

    def _stored(self, key: str) -> Stored:
        room = self._rooms[key]
        return Stored(key, room.first, room.head, room.time, room.state)


def _page(entries: Iterable[Entry]) -> list[Entry]:
    """Entries until they are about a chunk's worth of bytes; at least one, where there is one."""
    page: list[Entry] = []
    size = 0
    for entry in entries:
        page.append(entry)
        size += len(getattr(entry.event, "text", None) or "")
        if size >= CHUNK_BYTES:
            break
    return page


def _done(value: T) -> Future[T]:
    future: Future[T] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
