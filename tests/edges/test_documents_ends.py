"""How conversations in JSON documents end, and go on: goodbyes, cuts, halves of lines that are closed."""

from __future__ import annotations

import pytest

from tests.support.eventually import eventually
from tests.support.party import rest
from tests.support.servers import Server, serving
from tests.support.talker import SECRET, Talker, document, talking

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


async def test_coming_back_one_hears_what_was_missed(server: Server) -> None:
    async with (
        talking(server.port, "ann", client=SECRET, room="Tea") as ann,
        talking(server.port, "bob", room="tea") as bob,
    ):
        await ann.ask("message", text="one")
        ann.cut()
        await bob.ask("message", text="two")
        await bob.ask("message", text="three")
        for rooms in ({"Tea": 1}, {"tea": 1}, {" TEA": 1}):
            for main in ({"room": "tea"}, {}):
                async with talking(server.port, "ann", client=SECRET, rooms=rooms, **main) as again:
                    assert (await again.hear("message"))["seq"] == 2
                    assert (await again.hear("message"))["seq"] == 3


async def test_sent_again_after_a_cut_it_appears_once(server: Server) -> None:
    async with talking(server.port, "ann", client=SECRET) as ann:
        _, first = await ann.ask("message", text="one", id="x")
        ann.cut()
    async with talking(server.port, "ann", client=SECRET, rooms={"lobby": 0}) as ann:
        _, again = await ann.ask("message", text="one", id="x")
        assert again == first
        assert await ann.refused("message", text="two", id="x") == "id_reused"
        assert (await ann.ask("ping"))[0] == "pong"
        assert [one["seq"] for kind, one in ann.passed if kind == "message"] == [1]


async def test_goodbye(server: Server) -> None:
    async with talking(server.port, "bob") as bob:
        for kind in ("exit", "disconnect"):
            async with talking(server.port, "ann") as ann:
                ann.send(kind, id="x")
                assert await ann.hear("exit_ack") == {"message": "Disconnected from the room.", "id": "x"}
                assert await ann.rest() == []
            assert await bob.hear("notification", left=["ann"])


async def test_what_was_said_before_a_goodbye_is_settled_and_nothing_after_it(server: Server) -> None:
    async with talking(server.port, "ann") as ann:
        said = [document("message", text=f"{n}", id=f"{n}") for n in range(20)]
        late = [document("message", text="late", id="late"), document("ping")]
        ann.writer.write(b"".join([*said, document("exit", id="x"), *late]))
        ann.half_close()
        heard = await ann.rest()
        assert [one["id"] for kind, one in heard if kind == "ack"] == [f"{n}" for n in range(20)]
        assert heard[-1][0] == "exit_ack"
        assert not [one for one in heard if one[1].get("id") == "late"]
        assert len(await server.store.read("lobby", 0, 100)) == 20


async def test_half_closed_everything_is_settled_first(server: Server) -> None:
    async with talking(server.port) as ann:
        said = [document("message", text=f"{n}", id=f"{n}") for n in range(500)]
        ann.writer.write(b"".join([document("connect", name="ann"), *said]))
        ann.half_close()
        acks = [one["id"] for kind, one in await ann.rest() if kind == "ack"]
        assert acks == [f"{n}" for n in range(500)]


async def test_half_closed_and_slow_to_read_nothing_is_left_out(server: Server) -> None:
    """Answers that wait for the transport are waited for."""
    async with talking(server.port, "ann") as ann:
        ann.writer.transport.pause_reading()  # type: ignore[attr-defined]
        text = "x" * 2000
        said = [document("message", text=text, id=f"{n}") for n in range(3000)]
        ann.writer.write(b"".join(said))
        ann.half_close()
        (session,) = server.hall.sessions
        await eventually(lambda: server.hall.rooms["lobby"].head == 3000 and not session.unsettled)
        assert session.owing
        await rest()
        assert not session.closed
        ann.writer.transport.resume_reading()  # type: ignore[attr-defined]
        acks = [one["id"] for kind, one in await ann.rest() if kind == "ack"]
        assert acks == [f"{n}" for n in range(3000)]


async def test_a_broken_line_is_noticed_after_a_grace(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salon.hall.room.GRACE_SECONDS", 0.01)
    async with talking(server.port, "bob") as bob:
        async with talking(server.port, "ann"):
            pass
        assert await bob.hear("notification", left=["ann"])


async def test_a_connection_that_says_nothing_and_goes_leaves_nothing(server: Server) -> None:
    talkers: list[Talker] = []
    for _ in range(5):
        async with talking(server.port) as talker:
            talkers.append(talker)
    await eventually(lambda: not server._door.silent)


async def test_stopping_the_server_tells_everybody() -> None:
    async with serving() as server:
        async with talking(server.port, "ann") as ann:
            ann.send("message", text="last words", id="x")
            await ann.hear("ack")
            await server.stop()
            assert [one["kind"] for kind, one in await ann.rest() if kind == "notification"] == ["closing"]
        await server.start()
