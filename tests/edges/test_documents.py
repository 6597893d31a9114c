"""Conversations in JSON documents, over a real port."""

from __future__ import annotations

import json

import pytest

from salon.core.limits import ID_CHARS
from salon.errors import STORAGE_FAILED, SalonError, refuse
from salon.stores.memory import MemoryStore
from tests.support.eventually import eventually
from tests.support.party import rest
from tests.support.servers import Server, serving
from tests.support.talker import SECRET, document, talking

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


async def test_being_let_in(server: Server) -> None:
    async with talking(server.port) as ann:
        ann.send("connect", name=" Ann ", version=1, client=SECRET, id="c")
        kind, ack = await ann.next()
        assert kind == "connect_ack"
        assert ack["message"] == "Connected to the room."
        assert (ack["name"], ack["version"], ack["id"]) == ("Ann", 1, "c")
        assert ack["rooms"] == {"lobby": {"first": 1, "seq": 0}}
        assert ack["limits"]["text_chars"] == 1_000_000
        assert await ann.hear("notification", kind="presence", joined=["Ann"])


async def test_talking(server: Server) -> None:
    async with talking(server.port, "ann") as ann, talking(server.port, "bob") as bob:
        kind, ack = await ann.ask("message", text="hi")
        assert (kind, ack["seq"], ack["room"]) == ("ack", 1, "lobby")
        for guest in (ann, bob):
            said = await guest.hear("message")
            assert (said["sender"], said["text"], said["seq"], said["time"]) == ("ann", "hi", 1, ack["time"])
        bob.send("edit", seq=1, text="no")
        assert (await bob.hear("error"))["code"] == "not_yours"
        assert (await ann.ask("edit", seq=1, text="ho"))[0] == "ack"
        assert (await bob.hear("notification", kind="edited"))["text"] == "ho"
        assert (await ann.ask("delete", seq=1))[0] == "ack"
        assert (await bob.hear("notification", kind="redacted"))["target"] == 1
        assert (await bob.ask("topic", text="tea"))[0] == "ack"
        assert (await ann.hear("notification", kind="topic"))["topic"] == "tea"


async def test_many_documents_behind_connect_in_one_packet(server: Server) -> None:
    async with talking(server.port) as ann:
        said = [document("message", text=f"{n}", id=f"{n}") for n in range(50)]
        ann.writer.write(b"".join([document("connect", name="ann"), document("join", room="tea"), *said]))
        kinds = [await ann.hear("ack", id=f"{n}") for n in range(50)]
        assert [ack["seq"] for ack in kinds] == list(range(1, 51))


async def test_documents_cut_anywhere(server: Server) -> None:
    async with talking(server.port) as ann:
        for byte in document("connect", name="änn") + document("message", text="🦆\n", id="x"):
            ann.writer.write(bytes([byte]))
            await ann.writer.drain()
        assert (await ann.hear("message"))["text"] == "🦆\n"


async def test_what_a_stranger_may_say(server: Server) -> None:
    async with talking(server.port) as ann:
        assert (await ann.ask("ping"))[0] == "pong"
        for kind, payload in (("message", {"text": "hi"}), ("join", {"room": "r"}), ("list", {"what": "rooms"})):
            assert await ann.refused(kind, **payload) == "not_connected"
        for name in ("", "a:b", "All", "x(2)", "x" * 65):
            assert await ann.refused("connect", name=name) == "bad_name"
        assert await ann.refused("connect", name="ann", client="short") == "bad_document"
        assert await ann.refused("connect", name="ann", rooms={f"r{n}": 0 for n in range(1001)}) == "too_many_rooms"
        assert (await ann.ask("connect", name="ann"))[0] == "connect_ack"
        assert await ann.refused("connect", name="ann") == "already_connected"


async def test_what_is_refused(server: Server) -> None:
    async with talking(server.port, "ann") as ann:
        wrong: list[tuple[str, str, dict[str, object]]] = [
            ("empty", "message", {"text": ""}),
            ("too_long", "message", {"text": "x" * 1_000_001}),
            ("too_long", "topic", {"text": "x" * 1001}),
            ("no_such_message", "edit", {"seq": 9, "text": "x"}),
            ("no_such_message", "delete", {"seq": 2**53 - 1}),
            ("no_such_message", "delete", {"seq": -1}),
            ("unknown_room", "message", {"text": "x", "room": "nowhere"}),
            ("unknown_room", "message", {"text": "x", "room": "a/b"}),
            ("unknown_room", "history", {"room": "nowhere"}),
            ("unknown_room", "list", {"what": "members", "room": "nowhere"}),
            ("bad_room", "join", {"room": "../x"}),
            ("unknown_room", "join", {"room": "@ann:bob"}),
            ("not_joined", "leave", {"room": "nowhere"}),
            ("not_joined", "read", {"seq": 1, "room": "nowhere"}),
            ("bad_document", "list", {"what": "secrets"}),
            ("not_here", "message", {"text": "x", "to": "nobody"}),
            ("bad_document", "message", {"text": 5}),
            ("unknown_type", "dance", {}),
        ]
        for code, kind, payload in wrong:
            assert await ann.refused(kind, **payload) == code, (kind, payload)
        async with talking(server.port, "bob", room="tea"):
            assert await ann.refused("message", text="x", room="tea") == "not_joined"
        ann.send("message", text="x", id="i" * (ID_CHARS + 1))
        assert (await ann.hear("error"))["code"] == "bad_id"
        ann.send("ping", id="i" * (ID_CHARS + 1))
        assert (await ann.hear("error"))["code"] == "bad_id"
        assert (await ann.ask("message", text="and yet"))[1]["seq"] == 1


async def test_names_in_use(server: Server) -> None:
    async with talking(server.port, "ann", client=SECRET):
        async with talking(server.port) as other:
            assert await other.refused("connect", name="ANN") == "name_taken"
            assert await other.refused("connect", name="ann", client="f" * 32) == "name_taken"
            assert (await other.ask("connect", name="other"))[0] == "connect_ack"
        async with talking(server.port, "ann", client=SECRET) as again:
            assert (await again.ask("list", what="members"))[1]["members"].count("ann") == 1


async def test_rooms(server: Server) -> None:
    async with talking(server.port, "ann", room="Tea") as ann:
        await ann.ask("topic", text="Assam", room="tea")
        kind, joined = await ann.ask("join", room="lobby", since=0)
        assert (kind, joined["room"], joined["first"]) == ("ack", "lobby", 1)
        assert (await ann.ask("message", text="to the first room"))[1]["room"] == "Tea"
        assert (await ann.ask("message", text="x", room="LOBBY "))[1]["room"] == "lobby"
        assert (await ann.ask("list", what="rooms"))[1]["rooms"] == [
            {"name": "lobby", "seq": 1, "here": 1},
            {"name": "Tea", "seq": 2, "here": 1, "topic": "Assam"},
        ]
        assert (await ann.ask("leave", room="tea"))[1]["room"] == "Tea"
        assert await ann.refused("message", text="x", room="tea") == "not_joined"
        async with talking(server.port, "bob") as bob:
            kind, rejoined = await bob.ask("join", room="tea", since=-1)
            assert (rejoined["seq"], rejoined["topic"]) == (2, "Assam")
            assert (await bob.hear("message"))["seq"] == 2


async def test_looking_at_a_room_does_not_keep_it_in_memory(server: Server) -> None:
    async with talking(server.port, "bob", room="tea", client=SECRET) as bob:
        await bob.ask("message", text="x")
        await bob.ask("exit")
    async with talking(server.port, "ann", room="quiet") as ann:
        assert (await ann.ask("list", what="members", room="tea"))[1].get("members") == []
        assert len((await ann.ask("history", room="tea"))[1]["entries"]) == 1
        assert (await ann.ask("list", what="members", room="lobby"))[1].get("members") == []
        assert await ann.refused("message", text="x", room="tea") == "not_joined"
        assert set(server.hall.rooms) == {"quiet"}


async def test_history(server: Server) -> None:
    async with talking(server.port, "ann") as ann:
        for n in range(1, 301):
            ann.send("message", text=f"{n}")
        await ann.hear("message", seq=300)

        async def page(**payload: int) -> list[int]:
            kind, found = await ann.ask("history", **payload)
            assert (kind, found["room"], found["first"], found["seq"]) == ("history", "lobby", 1, 300)
            return [one["payload"]["seq"] for one in found["entries"]]

        assert await page() == list(range(251, 301))
        assert await page(before=251, limit=3) == [248, 249, 250]
        assert await page(before=3) == [1, 2]
        assert await page(before=1) == []
        assert len(await page(limit=100_000)) == 200
        assert await page(limit=-5, before=2**53 - 1) == [300]
        assert await page(before=-7, limit=1) == [300]
        await ann.ask("edit", seq=1, text="changed")
        _, found = await ann.ask("history", before=2)
        assert found["entries"][0]["payload"]["text"] == "changed"


async def test_long_answers_to_somebody_who_reads_slowly(server: Server) -> None:
    """Small questions with long answers: what is asked further waits, in its order, until those are taken."""
    async with talking(server.port, "ann") as ann:
        for n in range(1, 201):
            ann.send("message", text=f"{n}" + "x" * 5_000)
        await ann.hear("message", seq=200)
        ann.writer.transport.pause_reading()  # type: ignore[attr-defined]
        ann.writer.write(b"".join(document("history", limit=200, id=f"{n}") for n in range(40)))
        (session,) = server.hall.sessions
        await eventually(lambda: session.overfull)
        await rest(300)
        assert session._reply_bytes < 4 << 20
        ann.writer.transport.resume_reading()  # type: ignore[attr-defined]
        for n in range(40):
            assert (await ann.hear("history", id=f"{n}"))["entries"][-1]["payload"]["seq"] == 200
        assert (await ann.ask("ping"))[0] == "pong"


async def test_private_words(server: Server) -> None:
    async with talking(server.port, "ann", client=SECRET) as ann, talking(server.port, "bob", client="b" * 32) as bob:
        kind, ack = await ann.ask("message", text="psst", to="BOB")
        assert (kind, ack["room"], ack["seq"]) == ("ack", "@ann:bob", 1)
        for guest in (ann, bob):
            heard = await guest.hear("message")
            assert (heard["text"], heard["room"], heard["to"]) == ("psst", "@ann:bob", "bob")
        assert (await bob.ask("message", text="what?", room="@Ann:BOB"))[1]["seq"] == 2
        assert (await bob.ask("list", what="members", room="@ann:bob"))[1]["members"] == ["ann", "bob"]
        assert (await bob.ask("edit", seq=2, text="what??", room="@ann:bob"))[0] == "ack"
        async with talking(server.port, "cy") as cy:
            for kind, payload in [("history", {}), ("join", {}), ("list", {"what": "members"})]:
                assert await cy.refused(kind, room="@ann:bob", **payload) == "unknown_room"
            rooms = (await cy.ask("list", what="rooms"))[1]["rooms"]
            assert [room["name"] for room in rooms] == ["lobby"]
    async with talking(server.port) as bob:
        _, ack = await bob.ask("connect", name="bob", client="b" * 32, room="lobby")
        assert ack["rooms"]["@ann:bob"] == {"first": 1, "seq": 3}


async def test_a_private_word_that_cannot_be_kept_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()

    async def fail(*_: object) -> None:
        raise SalonError(refuse(STORAGE_FAILED))

    monkeypatch.setattr(store, "find", fail)
    async with serving(store) as server, talking(server.port, "ann") as ann:
        assert await ann.refused("message", text="psst", to="bob") == "storage_failed"
        assert [session.unsettled for session in server.hall.sessions] == [0]


async def test_signs(server: Server) -> None:
    async with talking(server.port, "ann", client=SECRET) as ann, talking(server.port, "bob") as bob:
        bob.send("typing")
        bob.send("typing")
        bob.send("typing", room="nowhere")
        note = await ann.hear("notification", kind="typing")
        assert (note["sender"], note["room"]) == ("bob", "lobby")
        assert (await bob.ask("ping"))[0] == "pong"
        assert not [one for one in bob.passed if one[1].get("kind") == "typing"]
        await ann.ask("message", text="one")
        assert not [one for one in ann.passed if one[1].get("kind") == "typing"]  # once a second is enough
        async with talking(server.port, "ann", client=SECRET) as other:
            kind, ack = await ann.ask("read", seq=99)
            assert (kind, ack["room"]) == ("ack", "lobby")
            assert (await other.hear("notification", kind="read"))["target"] == 1
            assert (await bob.ask("read", seq=1))[0] == "ack"  # who cannot come back is told so all the same
            bob.send("read", seq=1)
    async with talking(server.port) as again:
        _, ack = await again.ask("connect", name="ann", client=SECRET)
        assert ack["rooms"]["lobby"]["read"] == 1


async def test_a_position_that_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    async with serving(store) as server, talking(server.port, "ann", client=SECRET) as ann:
        for error, code in ((SalonError(refuse(STORAGE_FAILED)), "storage_failed"), (ValueError(), "internal")):

            def fail(*_: object, error: Exception = error) -> object:
                future = server.hall.loop.create_future()
                future.set_exception(error)
                return future

            monkeypatch.setattr(store, "mark_read", fail)
            assert await ann.refused("read", seq=1) == code
            assert [session.unsettled for session in server.hall.sessions] == [0]


def test_the_documents_here_are_json() -> None:
    assert json.loads(document("ping")) == {"type": "ping", "payload": {}}
