"""Clients whose line breaks, and clients that end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

import salon
from salon.client import Back, Gap, Lost, Notification, Refused, SalonError, new_secret
from salon.stores.memory import MemoryStore
from tests.client.visitors import everything, first, person, texts
from tests.support.eventually import eventually
from tests.support.proxies import proxy
from tests.support.servers import free_port, serving

pytestmark = pytest.mark.anyio


class TestEnding:
    async def test_goodbye_says_what_was_queued_first(self) -> None:
        async with serving() as server, person(server, "bob") as bob:
            async with person(server, "ann") as ann:
                for n in range(1_500):
                    await ann.post(f"{n}")
            assert await texts(bob, 1_500) == [f"{n}" for n in range(1_500)]
            with pytest.raises(SalonError, match="said goodbye already"):
                await ann.say("more")

    async def test_iterating_ends_with_the_client(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            listening = asyncio.ensure_future(everything(ann.room))
            await ann.say("1")
            await ann.close()
            assert [message.text for message in await listening] == ["1"]

    async def test_what_was_never_acknowledged_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with serving() as server, proxy(server.port) as line:
            ann = salon.connect(line.address, name="ann", secret=new_secret())
            await ann.open()
            line.deaf = True
            await ann.post("hello?")
            monkeypatch.setattr("salon.client.link.GOODBYE_SECONDS", 0.05)
            with pytest.raises(SalonError, match="1 messages were not acknowledged"):
                await ann.close(seconds=0.05)

    async def test_without_reconnecting_a_cut_is_the_end(self) -> None:
        async with serving() as server, person(server, "ann", reconnect=False) as ann:
            listening = asyncio.ensure_future(everything(ann.room))
            await ann.room.who()
            server.cut_everybody()
            with pytest.raises(SalonError, match="was lost"):
                await listening
            with pytest.raises(SalonError, match="was lost"):
                await ann.say("hello?")
            with pytest.raises(SalonError, match="was lost"):
                await ann.flush()


class TestCuts:
    async def test_a_cut_is_an_event_and_its_end_too(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            events = ann.events()
            assert ann.connected
            server.cut_everybody()
            told: list[type] = []
            while Back not in told:
                told.append(type(await anext(events)))
            assert [kind for kind in told if kind is not Notification] == [Lost, Back]

    async def test_everything_goes_on_where_it_was(self) -> None:
        async with serving() as server, person(server, "ann") as ann, person(server, "bob") as bob:
            tea = await ann.join("tea")
            await ann.say("1", to="bob")
            await ann.room.who()
            await server.stop()
            await eventually(lambda: not ann.connected and not bob.connected)
            queued = [await ann.post("2"), await tea.post("3"), await ann.post("4", to="bob")]
            asked = asyncio.ensure_future(ann.list_rooms())
            await server.start()
            await ann.flush()
            assert [future.result().seq for future in queued] == [1, 1, 2]
            assert [line.name for line in await asked] == ["@ann:bob", "lobby", "tea"]
            assert await texts(bob, 3) in (["1", "2", "4"], ["1", "4", "2"])
            await eventually(lambda: sorted(ann.room.mirror.people or ()) == ["ann", "bob"])

    async def test_private_words_said_while_one_was_away(self) -> None:
        """In a room that did not exist when the line broke."""
        async with (
            serving() as server,
            proxy(server.port) as line,
            person(server, "bob") as bob,
            salon.connect(line.address, name="ann", secret=new_secret()) as ann,
        ):
            line.target = free_port()  # for a while she does not find the server
            line.cut()
            await eventually(lambda: not ann.connected)
            for text in ("are", "you", "there?"):
                await bob.say(text, to="ann")
            line.target = server.port
            assert await texts(ann, 3) == ["are", "you", "there?"]

    async def test_a_room_left_meanwhile_is_not_entered_again(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            await ann.room.leave()
            server.cut_everybody()
            await first(ann, Back)
            await eventually(lambda: not any(room.names for room in server.hall.rooms.values()))
            assert not ann.rooms

    async def test_a_server_that_forgot_everything_is_told_of(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            for n in range(3):
                await ann.say(f"{n}")
            await ann.say("psst", to="ann")
            await server.stop()
            server.store = type(server.store)()
            await server.start()
            kinds = set()
            async with asyncio.timeout(20):
                async for event in ann.events():
                    kinds.add(type(event))
                    if isinstance(event, Refused):
                        assert "@ann:ann" in event.refusal.message
                        break
            assert {Gap, Back, Lost} <= kinds
            assert await ann.say("again") == 1
            await ann.flush()
            assert list(ann.rooms) == ["lobby"]

    async def test_a_name_taken_meanwhile_is_waited_for(self) -> None:
        async with (
            serving() as server,
            proxy(server.port) as line,
            salon.connect(line.address, name="ann", secret=new_secret()) as ann,
        ):
            events = ann.events()
            await server.stop()
            while not isinstance(await anext(events), Lost):
                pass
            port, line.target = line.target, free_port()
            await server.start()
            async with person(server, "ann"):
                line.target = port
                while "is taken" not in getattr(await anext(events), "why", ""):
                    pass
            while not isinstance(await anext(events), Back):
                pass

    async def test_a_line_that_fell_silent_is_given_up(self) -> None:
        async with (
            serving() as server,
            proxy(server.port) as line,
            salon.connect(line.address, name="ann", secret=new_secret(), silence=0.1) as ann,
        ):
            events = ann.events()
            await ann.room.who()
            line.deaf = True
            saying = asyncio.ensure_future(ann.say("hello?"))
            event = await anext(events)
            while isinstance(event, Notification):
                event = await anext(events)
            assert event == Lost("it fell silent")
            line.deaf = False
            assert await saying == 1

    async def test_a_quiet_line_is_not(self) -> None:
        heard: list[bytes] = []
        async with (
            serving() as server,
            proxy(server.port, heard=heard.append) as line,
            salon.connect(line.address, name="ann", secret=new_secret(), silence=0.02) as ann,
        ):
            await eventually(lambda: sum(b"pong" in line for line in heard) > 3)
            assert ann.connected
            assert not line.cuts

    async def test_reading_is_told_again_after_a_cut(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            await ann.say("1")
            await ann.flush()
            await server.stop()
            ann.room.mark_read()
            await server.start()
            await first(ann, Back)
            number = next(iter(server.hall.sessions)).person.number
            await ann.room.who()
            assert (await server.store.positions(number))["lobby"] == 1


class Positions(MemoryStore):
    """Takes its time to say how far somebody has read, once `slow`."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.asked: list[tuple[asyncio.Future[Mapping[str, int]], Mapping[str, int]]] = []

    def positions(self, person: int) -> asyncio.Future[Mapping[str, int]]:
        answer = super().positions(person)
        if not self.slow:
            return answer
        later: asyncio.Future[Mapping[str, int]] = asyncio.get_running_loop().create_future()
        self.asked.append((later, answer.result()))
        return later


async def test_private_words_in_the_moment_of_coming_in_are_heard() -> None:
    """Between the server's knowing the name and its answer."""
    store = Positions()
    secret = new_secret()
    async with serving(store) as server, person(server, "bob") as bob:
        async with salon.connect(server.address, name="ann", secret=secret):
            await bob.say("earlier", to="ann")
        ann = salon.connect(server.address, name="ann", secret=secret)
        store.slow = True
        opening = asyncio.ensure_future(ann.open())
        await eventually(lambda: store.asked)
        await bob.say("now", to="ann")
        for later, answer in store.asked:
            later.set_result(answer)
        store.slow = False
        await opening
        assert await texts(ann, 1) == ["now"]
        await ann.close()
