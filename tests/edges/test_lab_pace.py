"""The pace at which clients of the lab are told, one document at a time."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from salon.core.limits import PACED_BEHIND, PACED_NEWEST, READ_BYTES
from salon.edges import pacing
from tests.edges.doorstep import House
from tests.edges.labtalk import LEFT, document, joined, told

pytestmark = pytest.mark.anyio


async def test_each_document_comes_alone_and_in_time(house: House) -> None:
    ann = await joined(house, "ann")
    bob = await joined(house, "bob")
    started = asyncio.get_running_loop().time()
    assert await ann.document() == told("bob has joined the room.")
    connection = next(one for one in house.hall.sessions if one.person.name == "ann").outlet
    raw = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    bob.send(b"".join(json.dumps(document("message", text=f"{n} " + "x" * 700)).encode() for n in range(3)))
    got: list[str] = []
    reads = []
    while len("".join(got)) < 3 * 702:
        data = await ann.reader.read(READ_BYTES)
        payload = json.loads(data)["payload"]  # one read is one document
        reads.append(asyncio.get_running_loop().time())
        got.append(payload["text"])
    assert "".join(got) == "".join(f"{n} " + "x" * 700 for n in range(3))
    assert len(got) == 9
    assert reads[-1] - started > 0.4


async def test_who_is_far_behind_goes_on_with_the_newest_and_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = PACED_BEHIND + 100
    ann = await joined(house, "ann")
    bob = await house.guest(json.dumps(document("connect", name="bob", room="r1", version=1)).encode())
    await bob.until("Connected to the room.")
    assert await ann.document() == told("bob has joined the room.")
    (session,) = [one for one in house.hall.sessions if one.person.name == "ann"]
    for n in range(many):
        bob.send(document("message", text=str(n), room="r1", id=str(n)))
    await bob.until(f'"id":"{many - 1}"')
    await bob.until(f'"seq":{many}')
    assert session.parked
    monkeypatch.setattr(pacing, "READ_SECONDS", 0.0)
    texts: list[str] = []
    left_out = ""
    while not texts or texts[-1] != str(many - 1):
        one = await ann.document()
        if one["type"] == "message":
            texts.append(one["payload"]["text"])
        else:
            left_out = one["payload"]["text"]
    shown = len(texts)
    assert texts[-PACED_NEWEST:] == [str(n) for n in range(many - PACED_NEWEST, many)]
    assert texts[: shown - PACED_NEWEST] == [str(n) for n in range(shown - PACED_NEWEST)]
    assert left_out == f"Messages left out here: {many - shown}. There was more than can be told one by one."


@pytest.mark.slow
async def test_a_reader_who_stands_still_costs_nobody_anything(house: House, fast: None) -> None:
    ann = await joined(house, "ann")
    stuck = await joined(house, "stuck")
    assert await ann.document() == told("stuck has joined the room.")
    stuck.reader._transport.pause_reading()  # type: ignore[attr-defined]
    bob = await house.guest(json.dumps(document("connect", name="bob", room="r1", version=1)).encode())
    await bob.until("Connected to the room.")
    assert await ann.document() == told("bob has joined the room.")
    for n in range(50):
        bob.send(document("message", text=str(n) + "x" * 100_000, room="r1"))
    for n in range(50):
        parts = [await ann.document() for _ in range(20)]
        assert parts[0]["payload"]["text"].startswith(f"{n}x")
        assert parts[-1]["payload"]["text"].endswith(" …")
    stuck.kill()
    ann.send(document("exit"))
    assert await ann.document() == LEFT
