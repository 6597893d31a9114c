"""The contract of `hall.ports.Log`."""

from __future__ import annotations

import pytest

from salon.core.batch import Kept
from salon.core.events import Edited, Event, Redacted, Said, TopicChanged
from salon.core.limits import CHUNK_BYTES, IDEMPOTENCY_SECONDS
from salon.core.people import Person
from salon.core.room import RoomState
from salon.hall.ports import Conflict, Known, Stored
from tests.contracts.conftest import Place
from tests.support.batches import LOBBY, batch_of, entry, run

pytestmark = pytest.mark.anyio

WEEK_MS = IDEMPOTENCY_SECONDS * 1000


async def numbers(place: Place, after: int = 0, limit: int = 1000) -> list[int]:
    return [one.seq for one in await place.store.read("lobby", after, limit)]


async def test_nothing_was_ever_appended(place: Place) -> None:
    store = place.store
    assert await store.load("lobby") is None
    assert await store.read("lobby", 0, 10) == []
    assert await store.read_before("lobby", 10, 10) == []
    assert await store.fetch("lobby", [1, 2]) == {}
    assert await store.first_since("lobby", 0) == 1
    assert await store.trim("lobby", 5, 0) == 1
    assert await store.rooms() == []


async def test_what_was_appended_is_read_as_it_was(place: Place) -> None:
    events: list[Event] = [
        Said("hi\n\0🦆"),
        Said("b", edited=3),
        Edited(2, "b"),
        Edited(2),
        Redacted(1),
        TopicChanged(""),
        Said("", redacted=5),
    ]
    entries = [entry(seq, event=event, person=-seq, id=f"id{seq}") for seq, event in enumerate(events, 1)]
    assert await place.store.append("lobby", 0, batch_of(*entries), LOBBY) == len(entries)
    store = await place.again()
    assert await store.read("lobby", 0, 100) == entries
    assert await store.load("lobby") == Stored("lobby", 1, 7, 7000, LOBBY)


async def test_the_head_grows_by_batches(place: Place) -> None:
    assert await place.store.append("lobby", 0, run(1, 3), LOBBY) == 3
    await place.again()
    assert await place.store.append("lobby", 3, run(4, 1000), None) == 1000
    assert await numbers(place) == list(range(1, 1001))
    stored = await place.store.load("lobby")
    assert stored is not None
    assert (stored.head, stored.time) == (1000, 1_000_000)


@pytest.mark.parametrize("expected", [0, 2, 4, 99])
async def test_another_head_than_expected_is_a_conflict(place: Place, expected: int) -> None:
    await place.store.append("lobby", 0, run(1, 3), LOBBY)
    store = await place.again()
    assert await store.append("lobby", expected, run(expected + 1, expected + 2), None) == Conflict()
    assert await numbers(place) == [1, 2, 3]


async def test_a_room_that_is_not_there_has_no_head(place: Place) -> None:
    assert await place.store.append("lobby", 1, run(2, 2), LOBBY) == Conflict()
    assert await place.store.load("lobby") is None


async def test_an_id_is_known_with_its_place(place: Place) -> None:
    await place.store.append("lobby", 0, batch_of(entry(1, id="a"), entry(2, id="b")), LOBBY)
    await place.store.append("lobby", 2, batch_of(entry(3, id="c")), None)
    store = await place.again()
    answer = await store.append("lobby", 3, batch_of(entry(4, id="c"), entry(5, id="d"), entry(6, id="a")), None)
    assert answer == Known({(1, "a"): Kept(1, 1000, 7), (1, "c"): Kept(3, 3000, 21)})
    assert await numbers(place) == [1, 2, 3]
    # Nothing of the refused batch stays: its new id is free, and the next number is the next.
    assert await store.append("lobby", 3, batch_of(entry(4, id="d")), None) == 4


async def test_a_known_id_says_more_than_a_conflict(place: Place) -> None:
    await place.store.append("lobby", 0, batch_of(entry(1, id="a"), entry(2)), LOBBY)
    store = await place.again()
    assert await store.append("lobby", 0, batch_of(entry(1, id="a")), None) == Known({(1, "a"): Kept(1, 1000, 7)})


async def test_ids_belong_to_a_person_and_a_room(place: Place) -> None:
    store = place.store
    assert await store.append("lobby", 0, batch_of(entry(1, id="a")), LOBBY) == 1
    assert await store.append("lobby", 1, batch_of(entry(2, id="a", person=2)), None) == 2
    assert await store.append("other", 0, batch_of(entry(1, id="a")), RoomState("other")) == 1


async def test_ids_in_a_large_batch_are_all_or_none(place: Place) -> None:
    many = [entry(seq, id=f"id{seq}") for seq in range(1, 1500)]
    assert await place.store.append("lobby", 0, batch_of(*many), LOBBY) == 1499
    store = await place.again()
    more = [entry(seq, id=f"new{seq}") for seq in range(1500, 3000)]
    more[-1] = entry(2999, id="id7")
    assert await store.append("lobby", 1499, batch_of(*more), None) == Known({(1, "id7"): Kept(7, 7000, 49)})
    assert await store.append("lobby", 1499, batch_of(*more[:-1]), None) == 2998


async def test_the_state_is_written_where_it_changed(place: Place) -> None:
    topic = RoomState("lobby", "tea")
    await place.store.append("lobby", 0, run(1, 1), LOBBY)
    await place.store.append("lobby", 1, run(2, 2), topic)
    await place.store.append("lobby", 2, run(3, 3), None)
    stored = await (await place.again()).load("lobby")
    assert stored is not None
    assert stored.state == topic


async def test_rewrites_stand_with_their_batch(place: Place) -> None:
    await place.store.append("lobby", 0, run(1, 3), LOBBY)
    store = await place.again()
    changed = entry(2, event=Said("new", edited=4))
    await store.append("lobby", 3, batch_of(entry(4, event=Edited(2, "new")), rewrites={2: changed}), None)
    assert (await store.read("lobby", 0, 10))[1] == changed
    assert await store.fetch("lobby", [2, 3, 9]) == {2: changed, 3: entry(3)}
    # A batch that is refused rewrites nothing.
    refused = batch_of(entry(4, event=Redacted(3)), rewrites={3: entry(3, event=Said("", redacted=4))})
    assert await store.append("lobby", 3, refused, None) == Conflict()
    assert await store.fetch("lobby", [3]) == {3: entry(3)}


async def test_fetching_beyond_every_number_finds_nothing(place: Place) -> None:
    await place.store.append("lobby", 0, run(1, 3), LOBBY)
    await place.store.append("other", 0, run(1, 3), RoomState("other"))
    wanted = [0, -1, -(2**40), 4, 2**36 + 1, 2**37 + 1, 2**53, 2**63, 2**70]
    assert await place.store.fetch("lobby", wanted) == {}


async def test_pages_forward(place: Place) -> None:
    await place.store.append("lobby", 0, run(1, 10), LOBBY)
    await place.store.append("next", 0, run(1, 3), RoomState("next"))
    await place.again()
    assert await numbers(place, 0, 4) == [1, 2, 3, 4]
    assert await numbers(place, 4, 4) == [5, 6, 7, 8]
    assert await numbers(place, 8, 4) == [9, 10]
    assert await numbers(place, 10, 4) == []
    assert await numbers(place, 99, 4) == []
    assert await numbers(place, -5, 2) == [1, 2]


async def test_pages_backward(place: Place) -> None:
    await place.store.append("first", 0, run(1, 3), RoomState("first"))
    await place.store.append("lobby", 0, run(1, 10), LOBBY)
    store = await place.again()
    pages = {(11, 4): [7, 8, 9, 10], (7, 4): [3, 4, 5, 6], (3, 4): [1, 2], (1, 4): [], (0, 4): [], (2**53, 2): [9, 10]}
    for (before, limit), expected in pages.items():
        assert [one.seq for one in await store.read_before("lobby", before, limit)] == expected


async def test_pages_of_large_entries_are_short(place: Place) -> None:
    text = "x" * (CHUNK_BYTES // 2)
    await place.store.append("lobby", 0, batch_of(*(entry(seq, text) for seq in range(1, 9))), LOBBY)
    store = await place.again()
    for page in (await store.read("lobby", 0, 256), await store.read_before("lobby", 9, 256)):
        assert 1 <= len(page) <= 3
        assert [one.seq for one in page] == list(range(page[0].seq, page[-1].seq + 1))
    assert (await store.read("lobby", 0, 256))[0].seq == 1
    assert (await store.read_before("lobby", 9, 256))[-1].seq == 8


async def test_an_entry_larger_than_a_page_is_a_page(place: Place) -> None:
    text = "x" * (2 * CHUNK_BYTES)
    await place.store.append("lobby", 0, batch_of(entry(1, text), entry(2, text)), LOBBY)
    assert await numbers(place, 0) == [1]
    assert await numbers(place, 1) == [2]


async def test_a_prefix_is_forgotten(place: Place) -> None:
    await place.store.append("lobby", 0, run(1, 10), LOBBY)
    assert await place.store.trim("lobby", 4, 0) == 4
    store = await place.again()
    assert await numbers(place) == [4, 5, 6, 7, 8, 9, 10]
    assert await numbers(place, 2, 2) == [4, 5]
    assert [one.seq for one in await store.read_before("lobby", 6, 10)] == [4, 5]
    assert await store.fetch("lobby", [3, 4]) == {4: entry(4)}
    assert (await store.load("lobby")) == Stored("lobby", 4, 10, 10_000, LOBBY)


async def test_what_is_forgotten_does_not_come_back(place: Place) -> None:
    await place.store.append("lobby", 0, run(1, 10), LOBBY)
    await place.store.trim("lobby", 4, 0)
    store = await place.again()
    assert await store.trim("lobby", 2, 0) == 4
    assert await store.trim("lobby", 99, 0) == 11
    assert await numbers(place) == []
    assert await store.append("lobby", 10, run(11, 12), None) == 12
    assert await numbers(place) == [11, 12]


async def test_rewriting_what_is_forgotten_changes_nothing(place: Place) -> None:
    await place.store.append("lobby", 0, run(1, 3), LOBBY)
    await place.store.append("other", 0, run(1, 3), RoomState("other"))
    await place.store.trim("lobby", 3, 0)
    await place.store.append("lobby", 3, batch_of(entry(4), rewrites={1: entry(1, "late")}), None)
    assert await numbers(place) == [3, 4]
    assert await place.store.read("other", 0, 9) == [entry(1), entry(2), entry(3)]


@pytest.mark.parametrize(("age", "known"), [(WEEK_MS - 1000, True), (WEEK_MS + 1000, False)])
async def test_an_id_outlives_its_entry_by_a_week(place: Place, age: int, known: bool) -> None:
    await place.store.append("lobby", 0, batch_of(entry(1, id="a"), entry(2, id="b")), LOBBY)
    await place.store.trim("lobby", 2, 1000 + age)
    store = await place.again()
    answer = await store.append("lobby", 2, batch_of(entry(3, id="a")), None)
    assert answer == (Known({(1, "a"): Kept(1, 1000, 7)}) if known else 3)


async def test_an_id_is_kept_as_long_as_its_entry(place: Place) -> None:
    await place.store.append("lobby", 0, batch_of(entry(1, id="a"), entry(2, id="b")), LOBBY)
    await place.store.trim("lobby", 2, 100 * WEEK_MS)
    store = await place.again()
    assert await store.append("lobby", 2, batch_of(entry(3, id="b")), None) == Known({(1, "b"): Kept(2, 2000, 14)})


async def test_the_first_since_a_time(place: Place) -> None:
    times = [10, 10, 20, 20, 20, 30, 90]
    await place.store.append("lobby", 0, batch_of(*(entry(n, time=at) for n, at in enumerate(times, 1))), LOBBY)
    store = await place.again()
    for time, first in {0: 1, 10: 1, 11: 3, 20: 3, 21: 6, 30: 6, 31: 7, 90: 7, 91: 8}.items():
        assert await store.first_since("lobby", time) == first
    await store.trim("lobby", 5, 0)
    assert [await store.first_since("lobby", time) for time in (0, 20, 21, 91)] == [5, 5, 6, 8]
    await store.trim("lobby", 8, 0)
    assert await store.first_since("lobby", 0) == 8


async def test_rooms_by_key(place: Place) -> None:
    for name in ("b", "a", "zoë", "c"):
        await place.store.append(name, 0, run(1, 1), RoomState(name.upper()))
    store = await place.again()
    assert [(room.key, room.state.name) for room in await store.rooms()] == [
        ("a", "A"),
        ("b", "B"),
        ("c", "C"),
        ("zoë", "ZOË"),
    ]


async def test_direct_rooms_of_a_person(place: Place) -> None:
    ann, bob, passing = Person("ann", 1), Person("bob", 2), Person("cy", -(2**61))
    rooms = {"@1:2": (ann, bob), "@-7:1": (passing, ann), "@2:2": (bob, bob), "lobby": ()}
    for key, between in rooms.items():
        await place.store.append(key, 0, run(1, 1), RoomState(key, between=between))
    store = await place.again()
    assert [room.key for room in await store.rooms_between(1)] == ["@-7:1", "@1:2"]
    assert [room.key for room in await store.rooms_between(2)] == ["@1:2", "@2:2"]
    assert [room.state.between for room in await store.rooms_between(-(2**61))] == [(passing, ann)]
    assert await store.rooms_between(3) == []
