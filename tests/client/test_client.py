"""The client at a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

import salon
from salon.client import Back, Client, Event, Gap, Lost, Message, Notification, Refused, SalonError, new_secret
from salon.core.limits import TEXT_CHARS
from salon.stores.memory import MemoryStore
from tests.support.eventually import eventually
from tests.support.proxies import proxy
from tests.support.servers import Server, free_port, serving

pytestmark = pytest.mark.anyio


def person(
    server: Server, name: str, *, since: int | None = None, reconnect: bool = True, room: str = "lobby"
) -> Client:
    """Somebody new in each test."""
    return salon.connect(server.address, name=name, room=room, since=since, secret=new_secret(), reconnect=reconnect)


async def texts(client: Client, count: int) -> list[str]:
    """So many messages, as they come."""
    heard = []
    async with asyncio.timeout(20):
        async for message in client:
            heard.append(message.text)
            if len(heard) == count:
                break
    return heard


async def first(client: Client, kind: type[Event]) -> Event:
    """The first event of this kind."""
    async with asyncio.timeout(20):
        async for event in client.events():
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind} came")


class TestTalking:
    async def test_what_is_said_has_a_number_and_is_heard_by_all(self) -> None:
        async with serving() as server, person(server, "ann") as ann, person(server, "bob") as bob:
            assert [await ann.say("hi"), await bob.room.say(" ho ")] == [1, 2]
            for client in (ann, bob):
                assert await texts(client, 2) == ["hi", " ho "]

    async def test_what_is_queued_arrives_in_the_order_of_the_calls(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            said = [f"{n}" for n in range(5_000)]  # more than the queue holds: it makes us wait, and goes on
            futures = [await ann.post(text) for text in said]
            await ann.flush()
            assert [future.result().seq for future in futures] == list(range(1, 5_001))
            assert ann.room.mirror.cursor == 5_000

    async def test_callers_who_wait_for_the_queue_keep_their_order(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            acks = await asyncio.gather(*(ann.say(f"{n}") for n in range(3_000)))
            assert acks == list(range(1, 3_001))

    async def test_privately(self) -> None:
        async with serving() as server, person(server, "ann") as ann, person(server, "bob") as bob:
            assert await ann.say("psst", to="Bob") == 1
            async for message in bob:
                assert (message.sender, message.to, message.room) == ("ann", "bob", "@ann:bob")
                await bob.reply(message, "what?")
                break
            assert await texts(ann, 2) == ["psst", "what?"]
            room = ann.rooms["@ann:bob"]
            assert room.other == "bob"
            assert await room.say("never mind") == 3
            await room.edit(3, "nothing")
            await eventually(lambda: isinstance(room.entries[-1], Notification))
            assert [e.text for e in room.entries if isinstance(e, Message)] == ["psst", "what?", "nothing"]

    async def test_a_reply_to_oneself_stays_where_it_was_said(self) -> None:
        async with serving() as server, person(server, "ann") as ann, person(server, "bob") as bob:
            await ann.say("psst", to="bob")
            async for message in ann:
                assert await ann.reply(message, "and another thing") == 2
                break
            assert await texts(bob, 2) == ["psst", "and another thing"]

    async def test_editing_deleting_and_the_topic(self) -> None:
        async with serving() as server, person(server, "ann") as ann, person(server, "bob") as bob:
            await ann.say("helo")
            await ann.say("secret")
            assert [await ann.room.edit(1, "hello"), await ann.room.delete(2), await ann.room.set_topic("Tea")] == [
                3,
                4,
                5,
            ]
            await eventually(lambda: bob.room.mirror.cursor == 5)
            assert bob.room.topic == "Tea"
            assert [e.text for e in bob.room.entries if isinstance(e, Message)] == ["hello", ""]

    async def test_who_listens_may_answer_however_much_comes(self) -> None:
        """The answer to what a listener says comes behind what it has not read: it must not wait for itself."""
        async with serving() as server, person(server, "echo") as echo, person(server, "ann") as ann:
            for n in range(3_000):
                await ann.post(f"{n}")

            async def answer() -> None:
                answered = 0
                async for message in echo:
                    if message.sender == "ann":
                        await echo.say(f"you said {message.text}")
                        answered += 1
                    if answered == 3_000:
                        return

            async with asyncio.timeout(30):
                await answer()


class TestRefusals:
    async def test_the_caller_hears_of_it_and_nobody_else(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            with pytest.raises(SalonError, match="nobody is not here") as raised:
                await ann.say("hi", to="nobody")
            assert (raised.value.refusal.code, raised.value.refusal.problem.retry) == ("not_here", True)
            assert await ann.say("all is well") == 1
            async for event in ann.events():
                assert not isinstance(event, Refused)
                if isinstance(event, Message):
                    break

    async def test_of_what_was_queued_it_is_an_event(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            future = await ann.post("hi", to="nobody")
            event = await first(ann, Refused)
            assert isinstance(event, Refused)
            assert event.refusal.code == "not_here"
            assert isinstance(future.exception(), SalonError)

    @pytest.mark.parametrize(("text", "code"), [("", "empty"), ("x" * (TEXT_CHARS + 1), "too_long")])
    async def test_what_no_server_takes_is_not_sent(self, text: str, code: str) -> None:
        async with serving() as server, person(server, "ann") as ann:
            with pytest.raises(SalonError) as raised:
                await ann.say(text)
            assert raised.value.refusal.code == code

    async def test_a_million_characters_are_taken(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            text = "\x00é€😀" * (TEXT_CHARS // 4)
            await ann.say(text)
            assert await texts(ann, 1) == [text]


class TestRooms:
    async def test_several_rooms_on_one_line(self) -> None:
        async with serving() as server, person(server, "ann") as ann, person(server, "bob", room="tea") as bob:
            tea = await ann.join("Tea")
            assert await ann.join("tea") is tea
            await bob.say("hot")
            await ann.say("milk?", room="tea")
            async for message in tea:
                assert message.room == "tea"
                if message.text == "milk?":
                    break
            assert [(line.name, line.seq, line.here) for line in await ann.list_rooms()] == [
                ("lobby", 0, 1),
                ("tea", 2, 2),
            ]
            assert await tea.who() == ["bob", "ann"]

    async def test_leaving_ends_whoever_listens_there(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            tea = await ann.join("tea")
            listening = asyncio.ensure_future(_all(tea))
            await tea.say("last")
            await tea.leave()
            assert [message.text for message in await listening] == ["last"]
            assert not tea.followed
            with pytest.raises(SalonError, match="not in the room"):
                await tea.say("more")

    async def test_history_in_pages_backwards(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            for n in range(1, 11):
                await ann.post(f"{n}")
            await ann.flush()
            newest = await ann.room.history(limit=4)
            assert [entry.seq for entry in newest] == [7, 8, 9, 10]
            assert [entry.seq for entry in await ann.room.history(before=7, limit=4)] == [3, 4, 5, 6]
            assert await ann.room.history(before=1) == []

    @pytest.mark.parametrize(("since", "heard"), [(0, "123"), (2, "3"), (-2, "23")])
    async def test_the_past_on_entering(self, since: int, heard: str) -> None:
        async with serving() as server, person(server, "ann") as ann:
            for text in "123":
                await ann.say(text)
            async with person(server, "bob", since=since) as bob:
                assert "".join(await texts(bob, len(heard))) == heard

    async def test_a_long_past_is_whole_however_late_one_listens(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            said = [f"{n}" for n in range(4_000)]
            for text in said:
                await ann.post(text)
            await ann.flush()
            async with person(server, "bob", since=0) as bob:
                # Reading from the line stops while nobody listens, and without anybody waiting for an answer.
                await eventually(lambda: bob.room.mirror.cursor >= 1_000)
                assert await texts(bob, 4_000) == said

    async def test_reading_is_known_to_ones_other_sessions(self) -> None:
        secret = new_secret()
        async with (
            serving() as server,
            salon.connect(server.address, name="ann", secret=secret) as one,
            salon.connect(server.address, name="ann", secret=secret) as other,
        ):
            await one.say("1")
            await one.say("2")
            await eventually(lambda: other.room.unread == 2)
            one.room.mark_read()
            await eventually(lambda: other.room.unread == 0)

    async def test_typing_and_presence_are_signs(self) -> None:
        async with serving() as server, person(server, "ann") as ann:
            assert await ann.room.who() == ["ann"]
            async with person(server, "bob") as bob:
                bob.room.typing()
                async for event in ann.events():
                    if isinstance(event, Notification) and event.kind == "typing":
                        assert event.sender == "bob"
                        break
                assert ann.room.mirror.people == ["ann", "bob"]
            await eventually(lambda: ann.room.mirror.people == ["ann"])


async def _all(room: salon.client.Room) -> list[Message]:
    return [message async for message in room]


class TestNoServer:
    async def test_nobody_listens(self) -> None:
        with pytest.raises(SalonError, match="connection refused"):
            await salon.connect(f"127.0.0.1:{free_port()}", name="ann", secret=new_secret()).open()

    async def test_no_such_host(self) -> None:
        for host in ("nowhere.invalid", "a" * 64 + ".invalid"):
            with pytest.raises(SalonError, match="there is no such host"):
                await salon.connect(host, name="ann", secret=new_secret()).open()

    async def test_something_else_answers(self) -> None:
        async def mail(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example.org ESMTP\r\n")
            await writer.drain()
            writer.close()

        other = await asyncio.start_server(mail, "127.0.0.1", 0)
        async with other:
            port = other.sockets[0].getsockname()[1]
            with pytest.raises(SalonError, match="something else than Salon"):
                await salon.connect(f"127.0.0.1:{port}", name="ann", secret=new_secret()).open()

    async def test_a_name_that_is_taken(self) -> None:
        async with serving() as server, person(server, "ann"):
            with pytest.raises(SalonError, match='"Ann" is taken'):
                await person(server, "Ann").open()

    async def test_the_name_is_the_servers_spelling(self) -> None:
        async with serving() as server, person(server, "  ann ") as ann:
            assert ann.name == "ann"

    async def test_the_kept_secret_is_one_person(self, tmp_path: Path) -> None:
        async with serving() as server:
            async with (
                salon.connect(server.address, name="ann", folder=tmp_path) as one,
                salon.connect(server.address, name="ann", folder=tmp_path) as other,
            ):
                assert (one.name, other.name, other.trouble) == ("ann", "ann", "")
            (tmp_path / "file").touch()
            async with salon.connect(server.address, name="ann", folder=tmp_path / "file") as stranger:
                assert "cannot be used" in stranger.trouble


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
            listening = asyncio.ensure_future(_all(ann.room))
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
            listening = asyncio.ensure_future(_all(ann.room))
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
