"""From a command to its place in the log, in good weather and bad."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from salon.core.batch import Kept, fingerprint
from salon.core.commands import ChangeTopic, Delete, Edit, Say
from salon.core.limits import BATCH_COMMANDS
from salon.errors import STORAGE_FAILED, SalonError, refuse
from salon.hall import submitting
from salon.stores.memory import MemoryStore
from tests.support.batches import batch_of, entry
from tests.support.party import Party, rest
from tests.support.storms import StormyStore

pytestmark = pytest.mark.anyio


def stormy(*weather: str, delay: int = 0) -> Party:
    sky: Iterator[str] = chain(weather, repeat(""))
    return Party(StormyStore(lambda: next(sky), lambda: delay))


async def texts(party: Party) -> list[str]:
    return [getattr(one.event, "text", "") for one in await party.store.read("lobby", 0, 1000)]


async def test_what_arrives_while_a_batch_is_written_is_the_next_batch() -> None:
    party = stormy(delay=5)
    ann = await party.guest("ann")
    await rest(100)
    for n in range(10):
        party.submit(ann, Say(f"{n}", id=f"{n}"))
        await rest(1)
    await rest(100)
    assert ann.acks() == {f"{n}": n + 1 for n in range(10)}
    assert party.hall.submitting.batches < 5


async def test_a_batch_has_so_many_commands(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "BATCH_COMMANDS", 3)
    ann = await party.guest("ann")
    party.submit(ann, *(Say(f"{n}") for n in range(8)))
    await rest()
    assert ann.texts() == [f"{n}" for n in range(8)]
    assert party.hall.submitting.batches == 3
    assert party.hall.submitting.commands == 8
    assert BATCH_COMMANDS > 3


async def test_senders_hear_before_the_entry_comes(party: Party) -> None:
    ann = await party.guest("ann")
    ann.forget()
    await party.say(ann, "hello")
    assert [type(document).__name__ for document in ann.documents] == ["AckDocument", "MessageDocument"]


async def test_an_entry_is_seen_only_once_it_is_in_the_log() -> None:
    party = stormy(delay=5)
    ann = await party.guest("ann")
    await rest(100)
    party.submit(ann, Say("x", id="x"))
    await rest(3)
    assert not ann.heard()
    assert not ann.acks()
    await rest(10)
    assert ann.heard() == [1]


async def test_another_process_that_was_first_is_heard_first() -> None:
    party = stormy("conflict", "conflict")
    ann, bob = await party.guest("ann"), await party.guest("bob")
    await party.say(ann, "mine")
    assert ann.texts() == bob.texts() == await texts(party) == ["foreign 1", "foreign 2", "mine"]
    assert ann.acks() == {"mine": 3}
    assert ann.heard() == [1, 2, 3]


async def test_what_another_process_wrote_already_is_acknowledged_with_its_place() -> None:
    party = stormy("", "known")
    ann = await party.guest("ann")
    await party.say(ann, "zero")
    await party.say(ann, "one", "two")
    assert await texts(party) == ["zero", "one", "two"]
    assert ann.acks() == {"zero": 1, "one": 2, "two": 3}
    assert ann.heard() == [1, 2, 3]


async def test_a_full_disk_is_told_to_everybody_in_the_batch_and_the_next_one_succeeds() -> None:
    party = stormy("", "failed")
    ann, bob = await party.guest("ann"), await party.guest("bob")
    await party.say(ann, "one")
    party.submit(ann, Say("two", id="two"), Say("", id="empty"))
    party.submit(bob, Say("three", id="three"))
    await rest()
    assert ann.errors() == [("two", "disk_full"), ("empty", "disk_full")]
    assert bob.errors() == [("three", "disk_full")]
    await party.say(ann, "two")
    assert await texts(party) == ["one", "two"]
    assert ann.acks() == {"one": 1, "two": 2}


async def test_sent_again_it_appears_once_with_the_same_place(party: Party) -> None:
    ann, bob = await party.guest("ann"), await party.guest("bob")
    await party.say(ann, "one", "two")
    await party.cut(ann)
    ann = await party.guest("ann", since=2)
    await party.say(ann, "two", "one", "three")
    assert bob.texts() == ["one", "two", "three"]
    assert ann.acks() == {"two": 2, "one": 1, "three": 3}


async def test_an_id_used_for_something_else_is_refused(party: Party) -> None:
    ann = await party.guest("ann")
    await party.say(ann, "one")
    party.submit(ann, Say("other", id="one"))
    await rest()
    assert ann.errors() == [("one", "id_reused")]
    assert ann.heard() == [1]


async def test_edits_change_what_is_in_memory_and_in_the_store(party: Party) -> None:
    ann = await party.guest("ann")
    await party.say(ann, "tpyo", "secret")
    party.submit(ann, Edit(1, "typo"), Delete(2), ChangeTopic("tea"))
    await rest()
    late = await party.guest("bob", since=0)
    assert late.texts() == ["typo", ""]
    assert [note.kind for note in late.notes("edited") + late.notes("redacted") + late.notes("topic")] == [
        "edited",
        "redacted",
        "topic",
    ]
    assert await texts(party) == ["typo", "", "typo", "", ""]
    assert party.hall.rooms["lobby"].state.topic == "tea"


async def test_editing_again_takes_the_old_text_from_everywhere(party: Party) -> None:
    ann = await party.guest("ann")
    await party.say(ann, "a")
    for text in ("first edit", "second edit"):
        party.submit(ann, Edit(1, text))
        await rest()
    late = await party.guest("bob", since=0)
    assert b"first edit" not in b"".join(late.read)
    assert "first edit" not in await texts(party)


async def test_time_never_goes_back_in_a_room(party: Party) -> None:
    ann = await party.guest("ann")
    for now in (5000, 3000, 9000):
        party.now = now
        await party.say(ann, f"at {now}")
    assert [one.time for one in await party.store.read("lobby", 0, 9)] == [5000, 5000, 9000]


async def test_a_mistake_in_deciding_does_not_silence_the_room(
    party: Party, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await party.guest("ann")

    def mistaken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(submitting, "decide_batch", mistaken)
        party.submit(ann, Say("one", id="one"))
        await rest()
    await party.say(ann, "two")
    assert ann.errors() == [("one", "internal")]
    assert ann.texts() == ["two"]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("error", "code"), [(SalonError(refuse(STORAGE_FAILED)), "storage_failed"), (OverflowError(), "internal")]
)
async def test_a_store_that_cannot_be_read_refuses_what_needs_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    store = MemoryStore()
    party = Party(store)
    ann = await party.guest("ann")
    await party.say(ann, "one")
    party.hall.rooms["lobby"].ring.clear()

    async def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(store, "fetch", fail)
        party.submit(ann, Edit(1, "two", id="e"))
        await rest()
    assert ann.errors() == [("e", code)]
    party.submit(ann, Edit(1, "two", id="e"))
    await rest()
    assert ann.acks()["e"] == 2


async def test_a_store_that_raises_is_a_mistake_that_is_told(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await party.guest("ann")

    def fail(*_: object) -> asyncio.Future[None]:
        future: asyncio.Future[None] = party.hall.loop.create_future()
        future.set_exception(ZeroDivisionError())
        return future

    with monkeypatch.context() as patch:
        patch.setattr(party.store, "append", fail)
        party.submit(ann, Say("one", id="one"))
        await rest()
    await party.say(ann, "one")
    assert ann.errors() == [("one", "internal")]
    assert ann.acks() == {"one": 1}


async def test_a_room_that_cannot_be_loaded_after_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    party = stormy("", "conflict")
    ann = await party.guest("ann")
    await party.say(ann, "one")

    async def fail(*_: object) -> None:
        raise SalonError(refuse(STORAGE_FAILED))

    with monkeypatch.context() as patch:
        patch.setattr(party.store, "load", fail)
        await party.say(ann, "two")
    assert ann.errors() == [("two", "storage_failed")]
    await party.say(ann, "two")
    assert ann.texts() == ["one", "foreign 1", "two"]


async def test_known_places_are_believed(party: Party) -> None:
    """The ids of an earlier run of the server are in its log alone."""
    said = Say("from before", id="x")
    batch = batch_of(entry(1, "from before", person=1, id="x"))
    kept = Kept(1, 1000, fingerprint(said))
    await party.store.append("lobby", 0, type(batch)(batch.entries, {}, {(1, "x"): kept}, batch.state, []), batch.state)
    ann = await party.guest("ann", since=0)
    assert ann.session.person.number == 1
    party.submit(ann, said, Say("new", id="y"))
    await rest()
    assert ann.acks() == {"x": 1, "y": 2}
    assert ann.heard() == [1, 2]
