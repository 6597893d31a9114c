"""What happens, for whoever looks: in order, numbered, bounded, and told to who fell behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from salon.core.commands import Delete, Edit, Say
from salon.core.limits import GRACE_SECONDS, HAPPENINGS, HAPPENINGS_BYTES, HAPPENINGS_UNWATCHED
from salon.hall.happenings import Happenings, Watcher
from salon.wire.dialect import RoomView
from salon.wire.happenings import words
from tests.support.batches import entry
from tests.support.party import Party, rest

pytestmark = pytest.mark.anyio

VIEW = RoomView("lobby")


def lines(watcher: Watcher) -> list[str]:
    return [words(happening) for _, happening in watcher.take().happenings]


@pytest.fixture
def happenings(anyio_backend: str) -> Happenings:
    return Happenings(lambda: 7)


async def test_people_come_speak_and_go(party: Party, advance: Callable[[float], Any]) -> None:
    watcher = party.hall.happenings.watch()
    leah = await party.guest("Leah")
    other = await party.guest("Leah")  # one more session of hers
    await party.say(leah, "hi")
    await party.cut(other)
    await party.cut(leah)
    assert lines(watcher) == ["Leah connected to the server", "Leah joined lobby", "send to all - Leah: hi"]
    await advance(GRACE_SECONDS + 1)
    assert lines(watcher) == ["Leah left lobby", "Leah has left the chat"]


async def test_who_comes_back_in_time_never_left(party: Party, advance: Callable[[float], Any]) -> None:
    leah = await party.guest("Leah")
    watcher = party.hall.happenings.watch(party.hall.happenings.tip)
    await party.cut(leah)
    again = await party.guest("Leah")
    await advance(GRACE_SECONDS + 1)
    assert lines(watcher) == []
    party.hall.end(again.session, broken=False)
    await rest()
    assert lines(watcher) == ["Leah left lobby", "Leah has left the chat"]


async def test_private_words(party: Party) -> None:
    leah, _ = await party.guest("Leah"), await party.guest("Shlomo")
    watcher = party.hall.happenings.watch(party.hall.happenings.tip)
    assert await party.hall.say_privately(leah.session, Say("psst", to="Shlomo")) is None
    await rest()
    assert lines(watcher) == ["send to Shlomo - Leah"]
    party.hall.happenings.private = True
    assert await party.hall.say_privately(leah.session, Say("psst", to="Shlomo")) is None
    await rest()
    assert lines(watcher) == ["send to Shlomo - Leah: psst"]


async def test_what_was_deleted_is_shown_to_nobody_any_more(party: Party) -> None:
    leah = await party.guest("Leah")
    await party.say(leah, "one", "two")
    party.submit(leah, Delete(1), Edit(2, "zwei"))
    await rest()
    shown = lines(party.hall.happenings.watch())
    assert shown[2:] == ["send to all - Leah", "send to all - Leah: zwei", *shown[4:]]
    assert shown[4:] == ["Leah deleted a message.", "Leah corrected: zwei"]


async def test_refusals_once_a_person_and_batch(party: Party) -> None:
    leah = await party.guest("Leah")
    watcher = party.hall.happenings.watch(party.hall.happenings.tip)
    party.submit(leah, *(Say("") for _ in range(50)), Delete(99))
    await rest()
    assert lines(watcher) == [
        "Leah was refused: There is nothing in this message.",
        "Leah was refused: There is no message 99 in this room.",
    ]
    assert party.hall.happenings.refusals == 2
    assert await party.hall.say_privately(leah.session, Say("x", to="Nobody")) is not None
    assert lines(watcher) == ["Leah was refused: Nobody is not here. Ask again when they are back."]


async def test_who_waits_hears_at_once_and_once(happenings: Happenings) -> None:
    watcher = happenings.watch()
    waiting = asyncio.get_running_loop().create_task(watcher.news())
    await rest()
    assert not waiting.done()
    happenings.tell("left", who="Leah")
    happenings.tell("left", who="Ann")
    await waiting
    assert [number for number, _ in watcher.take().happenings] == [1, 2]
    assert watcher.take().happenings == []


async def test_one_who_gave_up_waiting_disturbs_nobody(happenings: Happenings) -> None:
    watcher = happenings.watch()
    waiting = asyncio.get_running_loop().create_task(watcher.news())
    await rest()
    waiting.cancel()
    await rest()
    happenings.tell("left", who="Leah")
    await watcher.news()
    assert len(watcher.take().happenings) == 1


async def test_who_is_behind_learns_how_many_were_missed(happenings: Happenings) -> None:
    watcher = happenings.watch()
    for n in range(HAPPENINGS + 10):
        happenings.committed("lobby", VIEW, [entry(n + 1)])
    taken = watcher.take()
    assert taken.missed == 10
    assert [number for number, _ in taken.happenings] == list(range(11, HAPPENINGS + 11))


async def test_who_wants_few_is_given_the_newest(happenings: Happenings) -> None:
    watcher = happenings.watch()
    happenings.tell("left", who="Ann")
    happenings.committed("lobby", VIEW, [entry(n + 1) for n in range(10)])
    taken = watcher.take(3)
    assert taken.missed == 8
    assert [number for number, _ in taken.happenings] == [9, 10, 11]
    assert watcher.take(3).missed == 0


async def test_as_it_is_kept(happenings: Happenings) -> None:
    watcher = happenings.watch()
    for n in range(HAPPENINGS + 5):
        happenings.committed("lobby", VIEW, [entry(n + 1)])
    missed, steps = watcher.take_steps()
    assert (missed, len(steps), steps[0].last, steps[-1].last) == (5, HAPPENINGS, 6, HAPPENINGS + 5)
    assert watcher.take_steps() == (0, [])


async def test_large_texts_push_out_the_oldest_sooner(happenings: Happenings) -> None:
    watcher = happenings.watch()
    large = "x" * (HAPPENINGS_BYTES // 4)
    for n in range(10):
        happenings.committed("lobby", VIEW, [entry(n + 1, large)])
    taken = watcher.take()
    assert (taken.missed, len(taken.happenings)) == (7, 3)


async def test_while_nobody_looks_the_last_of_a_batch_are_kept(happenings: Happenings) -> None:
    happenings.committed("lobby", VIEW, [entry(n + 1) for n in range(1000)])
    watcher = happenings.watch()
    assert watcher.cursor == happenings.floor == 1000 - HAPPENINGS_UNWATCHED
    assert [one.text for _, one in watcher.take().happenings[-2:]] == ["text 999", "text 1000"]
    happenings.committed("lobby", VIEW, [entry(n + 1001) for n in range(1000)])
    assert len(watcher.take().happenings) == 1000  # somebody looks now
    watcher.close()
    happenings.committed("lobby", VIEW, [entry(n + 2001) for n in range(1000)])
    assert watcher.take().missed == 1000 - HAPPENINGS_UNWATCHED


async def test_going_on_from_a_number(happenings: Happenings) -> None:
    assert happenings.watch().cursor == happenings.floor == 0
    happenings.committed("lobby", VIEW, [entry(n + 1) for n in range(10)])
    again = happenings.watch(7)
    assert [number for number, _ in again.take().happenings] == [8, 9, 10]
    assert happenings.watch(99).cursor == 0  # of a server before this one


async def test_an_old_text_is_replaced_in_its_room_alone(happenings: Happenings) -> None:
    happenings.tell("left", who="Ann")
    happenings.committed("a", VIEW, [entry(1, "old")])
    happenings.committed("b", VIEW, [entry(1, "old")])
    happenings.rewritten("b", {1: entry(1, "new")})
    assert [one.text for _, one in happenings.watch().take().happenings] == [None, "old", "new"]
