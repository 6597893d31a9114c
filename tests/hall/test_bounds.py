"""What is held in memory has bounds: of a room, of all rooms together, of a session."""

from __future__ import annotations

import pytest

from salon.core.commands import Edit, Say
from salon.core.events import Said
from salon.core.limits import CHUNK_BYTES, KIB, REPLY_BYTES, RING_BYTES, RING_ITEMS, RINGS_BYTES, UNSETTLED_COMMANDS
from salon.hall import ring as rings
from salon.hall.ring import Budget, Item, Ring
from salon.wire.dialect import DOCUMENTS, RoomView
from tests.support.batches import entry
from tests.support.party import Party, rest
from tests.support.storms import StormyStore

pytestmark = pytest.mark.anyio

LOBBY = RoomView("lobby")


def filled(ring: Ring, items: int, text: str = "x") -> Ring:
    for seq in range(ring.base + 1, ring.base + items + 1):
        ring.add_entries([entry(seq, text)])
        ring.piece(ring.tip - 1, DOCUMENTS, LOBBY)
        ring.trim()
    return ring


def test_a_ring_has_so_many_items() -> None:
    ring = filled(Ring(0), RING_ITEMS + 50)
    assert ring.tip - ring.floor == RING_ITEMS
    assert ring.base == 50
    assert ring.find(50) is None
    assert ring.find(51) == entry(51, "x")
    assert ring.find(RING_ITEMS + 51) is None


def test_a_ring_has_so_many_bytes_and_the_newest_item_stays() -> None:
    ring = filled(Ring(0), 40, "x" * (512 * KIB))
    assert ring.size <= RING_BYTES
    assert ring.tip - ring.floor >= 2
    ring = filled(Ring(0), 3, "x" * (8 * RING_BYTES))
    assert ring.tip - ring.floor == 1


def test_what_a_ring_says_it_holds_it_gives_back() -> None:
    budget = Budget()
    ring = filled(Ring(0, budget), 100, "some text")
    ring.rewrite({7: entry(7, "changed"), 8: entry(8, "y" * 1000)})
    ring.piece(ring.floor, DOCUMENTS, LOBBY)
    assert budget.used == ring.size > 0
    ring.add(Item(100, joined=["ann"]))
    ring.clear()
    assert budget.used == ring.size == 0
    assert ring.floor == ring.tip


def test_rewriting_over_and_over_is_not_counted_over_and_over() -> None:
    ring, fresh = filled(Ring(0), 3), filled(Ring(0), 3)
    for n in range(200):
        ring.rewrite({2: entry(2, "y" * (1 + n % 7))})
        ring.piece(ring.floor, DOCUMENTS, LOBBY)
    fresh.rewrite({2: entry(2, "y" * (1 + 199 % 7))})
    fresh.piece(fresh.floor, DOCUMENTS, LOBBY)
    assert ring.size == fresh.size


def test_a_batch_is_cut_into_items_of_about_a_chunk() -> None:
    ring = Ring(0)
    ring.add_entries([entry(seq, "x" * (64 * KIB)) for seq in range(1, 13)])
    assert ring.tip >= 3
    place, last, sizes = 0, 0, []
    while place < ring.tip:
        piece = ring.piece(place, DOCUMENTS, LOBBY)
        assert piece.begin == place
        assert piece.last > last
        place, last = piece.end, piece.last
        sizes.append(len(piece.data))
    assert last == 12
    assert max(sizes) <= CHUNK_BYTES + 65 * KIB


def test_whoever_stands_at_the_same_place_gets_the_same_bytes() -> None:
    ring = filled(Ring(0), 5)
    piece = ring.piece(2, DOCUMENTS, LOBBY)
    assert ring.piece(2, DOCUMENTS, LOBBY) is piece
    ring.add_entries([entry(6)])
    assert ring.piece(2, DOCUMENTS, LOBBY).last in (5, 6)


def test_what_was_rewritten_is_not_shown_to_anybody_any_more() -> None:
    ring = filled(Ring(0), 5, "secret")
    ring.piece(0, DOCUMENTS, LOBBY)
    ring.rewrite({seq: entry(seq, "gone") for seq in range(1, 6)})
    assert b"secret" not in ring.piece(0, DOCUMENTS, LOBBY).data
    assert ring.find(3) == entry(3, "gone")
    ring.rewrite({})


async def test_all_rings_together_have_so_many_bytes(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings, "RINGS_BYTES", 100 * KIB)
    names = [f"room {n}" for n in range(30)]
    ann = await party.guest("ann", *names)
    slow = await party.guest("bob", *names, room=1)
    slow.stop_reading()
    for name in names:
        for n in range(5):
            await party.say(ann, f"{n}" + "x" * 5 * KIB, room=name)
            assert party.hall._budget.used <= 100 * KIB
    slow.go_on_reading()
    await rest(3000)
    for name in names:
        assert slow.heard(name) == ann.heard(name) == [1, 2, 3, 4, 5]


async def test_a_slow_reader_is_one_integer_and_gets_all_of_it(party: Party) -> None:
    ann = await party.guest("ann")
    slow = await party.guest("bob", room=64 * KIB)
    slow.forget()
    slow.stop_reading()
    for n in range(300):
        await party.say(ann, f"{n}" + "x" * 40 * KIB)
    assert slow.most <= 64 * KIB + CHUNK_BYTES + 50 * KIB
    assert party.hall.rooms["lobby"].ring.size <= RING_BYTES
    assert ann.heard() == list(range(1, 301))
    slow.go_on_reading()
    await rest(3000)
    assert slow.heard() == list(range(1, 301))


async def test_a_session_is_not_read_from_while_too_much_is_unsettled() -> None:
    party = Party(StormyStore(lambda: "", lambda: 50))
    ann = await party.guest("ann")
    await rest(200)
    party.submit(ann, *(Say("x") for _ in range(UNSETTLED_COMMANDS)))
    assert not ann.is_held()
    party.submit(ann, Say("x"))
    assert ann.is_held()
    await rest(300)
    assert not ann.is_held()
    assert ann.session.unsettled == 0


async def test_nor_while_too_many_bytes_are() -> None:
    party = Party(StormyStore(lambda: "", lambda: 50))
    ann = await party.guest("ann")
    await rest(200)
    ann.session.took(1, 2 * RING_BYTES)
    assert ann.is_held()
    party.hall.submit(ann.session, ann.session.followers["lobby"], Say("x"))
    await rest(300)
    assert not ann.is_held()


async def test_nor_while_too_many_replies_wait(party: Party) -> None:
    ann = await party.guest("ann", room=1)
    ann.stop_reading()
    await party.say(ann, "x")
    reply = b"x" * (KIB - 1) + b"\n"
    for _ in range(REPLY_BYTES // KIB + 1):
        assert not ann.is_held()
        ann.session.reply(reply)
    assert ann.is_held()
    ann.go_on_reading()
    await rest()
    assert not ann.is_held()
    assert b"".join(ann.read).count(reply) == REPLY_BYTES // KIB + 1


async def test_edits_of_what_is_not_in_memory(party: Party) -> None:
    ann = await party.guest("ann")
    await party.say(ann, "one")
    party.hall.rooms["lobby"].ring.clear()
    party.submit(ann, Edit(1, "two", id="e"))
    await rest()
    assert ann.acks()["e"] == 2
    assert [one.event for one in await party.store.read("lobby", 0, 1)] == [Said("two", edited=2)]


def test_the_bounds_fit_each_other() -> None:
    assert RINGS_BYTES >= 2 * RING_BYTES >= 4 * CHUNK_BYTES
