"""The newest of a room in memory: what was appended and who came and went, in one order, encoded once per dialect.

Items are numbered by ticks. A follower that keeps up holds the tick of the last item it took; one that fell behind the
ring's floor reads from the store until it is at the floor again.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from msgspec import Struct

from salon.core.events import Edited, Entry, Redacted, Said, TopicChanged
from salon.core.limits import CHUNK_BYTES, RING_BYTES, RING_ITEMS, RINGS_BYTES
from salon.core.people import Person
from salon.wire.dialect import Dialect, RoomView

# What one sees while writing it. That a file has arrived is news to whoever sent it.
_WORDS = (Said, Edited, Redacted, TopicChanged)
_ENTRY_OVERHEAD = 400  # bytes that an entry takes beside its text, as objects
_ITEM_OVERHEAD = 300
_DOCUMENT_OVERHEAD = 120  # bytes that a document takes beside its text


def without_words_of(own: Person, entries: Sequence[Entry]) -> list[Entry]:
    """The entries for somebody who is not shown what they said themselves."""
    return [one for one in entries if one.person != own.number or not isinstance(one.event, _WORDS)]


class Item:
    """One step of a room: entries of a batch, or who came and went between two batches."""

    __slots__ = ("encoded", "entries", "joined", "last", "left", "size")

    def __init__(
        self,
        last: int,
        entries: Sequence[Entry] = (),
        joined: Sequence[str] = (),
        left: Sequence[str] = (),
        text_size: int = 0,
    ) -> None:
        self.last = last  # the number of the newest entry behind this item
        self.entries = list(entries)
        self.joined = list(joined)
        self.left = list(left)
        self.encoded: dict[Dialect, bytes] = {}
        self.size = _ITEM_OVERHEAD + _ENTRY_OVERHEAD * len(entries) + text_size  # what it takes in memory, about

    @property
    def before(self) -> int:
        """The number of the newest entry before this item."""
        return self.last - len(self.entries)

    @property
    def whose(self) -> set[int | str]:
        """Whom it is about: the numbers of those whose words these are, the names of those who came and went."""
        return {*(one.person for one in self.entries if isinstance(one.event, _WORDS)), *self.joined, *self.left}

    def replace(self, entries: Sequence[Entry]) -> None:
        """These of its entries stand otherwise now; what was encoded of the item is no longer true."""
        for entry in entries:
            place = entry.seq - self.before - 1
            self.size += _text_size(entry) - _text_size(self.entries[place])
            self.entries[place] = entry
        self.size -= sum(map(len, self.encoded.values()))
        self.encoded.clear()

    def bytes_for(self, dialect: Dialect, view: RoomView) -> bytes:
        data = self.encoded.get(dialect)
        if data is None:
            if self.entries:
                data = dialect.entries(view, self.entries)
            else:
                data = dialect.presence(view, self.joined, self.left)
            self.encoded[dialect] = data
            self.size += len(data)
        return data

    def bytes_without(self, own: Person, dialect: Dialect, view: RoomView) -> bytes:
        """What is left for somebody who is not shown their own doings."""
        if self.whose.isdisjoint((own.number, own.name)):
            return self.bytes_for(dialect, view)
        entries = without_words_of(own, self.entries)
        return dialect.entries(view, entries) if entries else self.presence_without(own, dialect, view)

    def presence_without(self, own: Person, dialect: Dialect, view: RoomView) -> bytes:
        """Who else came and went."""
        joined = [name for name in self.joined if name != own.name]
        left = [name for name in self.left if name != own.name]
        return dialect.presence(view, joined, left) if joined or left else b""


class Piece(Struct, frozen=True, gc=False):
    """What a follower writes at once: the bytes behind tick `begin` up to tick `end`, and the number it is then at.

    `whose`: where the dialect does not echo, whom it is about; those people need a copy of their own.
    """

    begin: int
    end: int
    last: int
    data: bytes
    whose: frozenset[int | str] = frozenset()


class Budget:
    """The bytes that all rings of a server hold together."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used = 0


class Ring:
    """Items from tick `floor` on. `tip` is the newest item's tick, `base` the entry number before the oldest item."""

    def __init__(self, head: int, budget: Budget | None = None) -> None:
        self.tip = 0
        self.base = head
        self.size = 0
        self._budget = budget or Budget()
        self._items: deque[Item] = deque()
        self._newest: dict[Dialect, Piece] = {}

    @property
    def floor(self) -> int:
        """The tick before the oldest item: who is there can go on from the ring."""
        return self.tip - len(self._items)

    def add(self, item: Item) -> None:
        self._items.append(item)
        self.tip += 1
        self._grow(item.size)

    def _grow(self, size: int) -> None:
        self.size += size
        self._budget.used += size

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Append a batch, cut so that no item is much larger than a chunk."""
        begin = size = 0
        for n, entry in enumerate(entries):
            size += _text_size(entry)
            if size + _DOCUMENT_OVERHEAD * (n - begin) >= CHUNK_BYTES:
                self.add(Item(entry.seq, entries[begin : n + 1], text_size=size))
                begin, size = n + 1, 0
        if begin < len(entries):
            self.add(Item(entries[-1].seq, entries[begin:], text_size=size))

    def item(self, place: int) -> Item:
        """The one behind tick `place`, which is between floor and tip."""
        return self._items[place - self.floor]

    def piece(self, place: int, dialect: Dialect, view: RoomView) -> Piece:
        """What comes behind tick `place`, which is between floor and tip: about a chunk at the most.

        Whoever stands at the same place gets the same object.
        """
        piece = self._newest.get(dialect)
        if piece is None or piece.begin != place:
            piece = self._newest[dialect] = self._cut(place, dialect, view)
        return piece

    def shared_to_tip(self, dialect: Dialect) -> Piece | None:
        """The newest piece of a dialect, where it reaches to the tip and everybody who takes it takes all of it."""
        piece = self._newest.get(dialect)
        return None if piece is None or piece.end != self.tip or piece.whose or dialect.paced else piece

    def data_without(self, piece: Piece, own: Person, dialect: Dialect, view: RoomView) -> bytes:
        """The bytes of a piece for a person whom it is about, and whom the dialect does not show their own doings."""
        floor = self.floor
        items = islice(self._items, piece.begin - floor, piece.end - floor)
        return b"".join([item.bytes_without(own, dialect, view) for item in items])

    def _cut(self, place: int, dialect: Dialect, view: RoomView) -> Piece:
        parts: list[bytes] = []
        whose: set[int | str] = set()
        size, at, last = 0, place, self.base
        while at < self.tip and size < CHUNK_BYTES:
            item = self._items[at - self.floor]
            before = item.size
            data = item.bytes_for(dialect, view)
            self._grow(item.size - before)
            if parts and size + len(data) > CHUNK_BYTES:
                break
            parts.append(data)
            if not dialect.echo:
                whose |= item.whose
            size += len(data)
            last = item.last
            at += 1
        return Piece(place, at, last, parts[0] if len(parts) == 1 else b"".join(parts), frozenset(whose))

    def trim(self) -> None:
        """Let the oldest items go until the ring is within its bounds; the newest one stays."""
        while len(self._items) > 1 and (self.size > RING_BYTES or len(self._items) > RING_ITEMS):
            self._drop()

    def relieve(self) -> None:
        """What was encoded counts too. Where all rings together are too large, this one gives way whole: whoever keeps
        up has taken what is in it.
        """
        self.trim()
        if self._budget.used > RINGS_BYTES:
            self.clear()

    def restart(self, head: int) -> None:
        """Forget everything: the log went on without us to `head`. Every follower is behind the floor now."""
        self.clear()
        self.tip += 1
        self.base = head

    def clear(self) -> None:
        """Let everything go."""
        while self._items:
            self._drop()

    def _drop(self) -> None:
        item = self._items.popleft()
        self._grow(-item.size)
        self.base = item.last
        self._newest.clear()

    def rewrite(self, rewrites: dict[int, Entry]) -> None:
        """These entries stand otherwise now: nobody is shown the old text any more."""
        for item in self._items if rewrites else ():
            hit = [seq for seq in rewrites if item.before < seq <= item.last]
            if hit:
                before = item.size
                item.replace([rewrites[seq] for seq in hit])
                self._grow(item.size - before)
                self._newest.clear()

    def find(self, seq: int) -> Entry | None:
        """The entry with this number, where it is in memory."""
        for item in reversed(self._items):
            if item.before < seq <= item.last:
                return item.entries[seq - item.before - 1]
            if item.last < seq:
                return None
        return None


def _text_size(entry: Entry) -> int:
    return len(getattr(entry.event, "text", None) or "")
