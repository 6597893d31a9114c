"""The client at a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import salon
from salon.client import Message, Notification, Refused, SalonError, new_secret
from salon.core.limits import TEXT_CHARS
from tests.client.visitors import everything, first, person, texts
from tests.support.eventually import eventually
from tests.support.servers import free_port, serving

pytestmark = pytest.mark.anyio


class TestTalking:
    async def test_what_is_said_has_a_number_and_is_heard_byeverything(self) -> None:
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

    @pytest.mark.slow
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
            listening = asyncio.ensure_future(everything(tea))
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

    @pytest.mark.slow
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
