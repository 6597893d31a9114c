"""The relay at the door: two raw connections that become one stream."""

from __future__ import annotations

import asyncio

import pytest

from salon.core.limits import FIRST_WORDS_SECONDS, HIGH_WATER
from salon.edges import relay
from salon.edges.relay import RelayConnection
from tests.edges.doorstep import Guest, House

pytestmark = pytest.mark.anyio

JOINED = '{"type":"joined","payload":{}}'
HASH = "ab" * 32


class Meeting:
    """Ann has asked Bob for a file; `near` and `far` are what each end of the relay begins with."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def agree(self) -> Meeting:
        self.ann = await self._person("ann")
        self.bob = await self._person("bob")
        self.bob.send({"type": "share", "payload": {"id": "s"}})
        await self._next(self.bob, "ack")
        self.ann.send({"type": "request", "payload": {"owner": "bob", "name": "a", "id": "q"}})
        asked = await self._next(self.bob, "request")
        supply = {"request": asked["request"], "size": 3, "sha256": HASH}
        self.bob.send({"type": "supply", "payload": supply})
        supplied = await self._next(self.ann, "supply")
        self.near = {"type": "relay", "payload": {"request": asked["request"], "ticket": supplied["ticket"]}}
        self.far = {"type": "relay", "payload": {"request": asked["request"], "ticket": asked["ticket"]}}
        return self

    async def _person(self, name: str) -> Guest:
        guest = await self.house.guest()
        guest.send({"type": "connect", "payload": {"name": name, "version": 1}})
        assert (await guest.document())["type"] == "connect_ack"
        return guest

    async def _next(self, guest: Guest, kind: str) -> dict[str, str]:
        while (document := await guest.document())["type"] != kind:
            pass
        payload: dict[str, str] = document["payload"]
        return payload

    async def begin(self, early: bytes = b"") -> tuple[Guest, Guest]:
        """Both ends, joined."""
        near = await self.house.guest()
        near.send(self.near)
        near.send(b"\n" + early)
        assert (await self._next(self.bob, "relay"))["request"]
        far = await self.house.guest()
        far.send(self.far)
        for end in (near, far):
            assert await end.line() == JOINED
        return near, far


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await Meeting(house).agree()


async def test_what_one_sends_comes_out_at_the_other(meeting: Meeting) -> None:
    near, far = await meeting.begin(early=b"said before anybody was there")
    await far.until("anybody was there")
    near.send(b"\x00\xff\n")
    far.send(b"{}")
    await far.until(b"\n")
    await near.until("{}")
    near.writer.write_eof()
    assert await far.end() == ""


async def test_the_end_of_one_is_the_end_of_the_other_behind_its_last_bytes(meeting: Meeting) -> None:
    near, far = await meeting.begin()
    far.send(b"x" * 3_000_000)
    far.writer.write_eof()
    assert len(await near.end()) == 3_000_000


async def test_who_does_not_take_what_comes_stops_the_other(meeting: Meeting) -> None:
    near, far = await meeting.begin()
    near.reader._transport.pause_reading()  # type: ignore[attr-defined]
    (end,) = meeting.house.hall.requests._relays
    assert isinstance(end, RelayConnection)
    sent = 0
    while end._other is None or end._other._transport.is_reading():
        far.send(bytes(1 << 20))
        sent += 1 << 20
        await asyncio.sleep(0)
    assert end._transport.get_write_buffer_size() <= 2 * HIGH_WATER
    near.reader._transport.resume_reading()  # type: ignore[attr-defined]
    far.writer.write_eof()
    assert len(await near.end()) == sent


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (b'{"type":"relay","payload":{"request":"no","ticket":"no"}}', "no_such_request"),
        (b'{"type":"relay","payload":{}}', "bad_document"),
        (b'{"type":"relay","payload":{"request":"' + b"x" * 20_000 + b'","ticket":"t"}}', "document_too_large"),
        (b'{"type":"relay","payload":{"request":"\xff","ticket":"t"}}', "bad_document"),
    ],
)
async def test_who_shows_no_ticket_is_told_so(house: House, first: bytes, code: str) -> None:
    guest = await house.guest(first)
    assert f'"{code}"' in await guest.end()


async def test_nobody_waits_for_ever_for_the_other(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "MEETING_SECONDS", 0.05)
    near = await meeting.house.guest()
    near.send(meeting.near)
    assert '"no_answer"' in await near.end()
    assert not meeting.house.hall.requests.relayed


async def test_a_relay_on_which_nothing_moves_is_cut(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "RELAY_IDLE_SECONDS", 0.2)
    near, far = await meeting.begin()
    for _ in range(3):
        near.send(b"x")
        await far.until("x")
        assert not near.reader.at_eof()
    assert await near.end() == ""
    assert await far.end() == ""


async def test_a_newer_one_takes_the_place_of_an_older(meeting: Meeting) -> None:
    near, far = await meeting.begin()
    await meeting.begin()
    assert await near.end() == ""
    assert await far.end() == ""


async def test_it_is_on_the_clock_like_everybody_until_it_has_shown_what_it_is_for(house: House) -> None:
    guest = await house.guest(b'{"type":"relay","payload":{"request":"a"')
    await house.somebody(lambda: house.door.begun)
    house.now = FIRST_WORDS_SECONDS + 1.0
    house.sweep()
    assert "Nothing whole arrived" in await guest.end()


async def test_a_server_that_closes_cuts_it(meeting: Meeting) -> None:
    near, far = await meeting.begin()
    await meeting.house.hall.close("The server is closing.")
    assert await near.end() == ""
    assert await far.end() == ""


async def test_a_visitor_only_asks(house: House) -> None:
    await Meeting(house).agree()
    guest = await house.guest()
    guest.send({"type": "connect", "payload": {"name": "bob", "version": 1, "visit": True, "id": "c"}})
    ack = await guest.document()
    assert (ack["type"], ack["payload"]["rooms"]) == ("connect_ack", {})
    guest.send({"type": "message", "payload": {"text": "hi", "id": "m"}})
    assert (await guest.document())["payload"]["code"] == "visiting"
    guest.send({"type": "connect", "payload": {"name": "bob", "version": 1}})
    assert (await guest.document())["payload"]["code"] == "already_connected"
    guest.send({"type": "request", "payload": {"owner": "nobody", "name": "a", "id": "q"}})
    assert (await guest.document())["payload"]["code"] == "not_here"
    house.now = FIRST_WORDS_SECONDS + 1.0
    house.sweep()
    guest.send({"type": "ping"})
    assert (await guest.document())["type"] == "pong"
