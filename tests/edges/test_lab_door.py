"""Clients of the lab as they come and go: silence, halves of documents, other languages, ends without a goodbye."""

from __future__ import annotations

import asyncio
import json

import pytest

from salon.core.limits import FIRST_WORDS_SECONDS
from tests.edges.doorstep import House
from tests.edges.labtalk import CONNECTED, LEFT, document, joined, told

pytestmark = pytest.mark.anyio


async def test_silence_after_connecting_is_no_offence(house: House, fast: None) -> None:
    guest = await house.guest()
    await house.somebody(lambda: house.door.silent)
    house.now += 500
    house.sweep()
    guest.send(document("connect", name="ann", room="r1"))
    assert await guest.document() == CONNECTED
    house.now += 500
    house.sweep()
    guest.send(document("exit"))
    assert await guest.document() == LEFT


@pytest.mark.parametrize("first", [b'{"type": "conn', b"66        {", b"{'type'", b'{"type": "message"}'])
async def test_half_a_document_has_thirty_seconds(house: House, fast: None, first: bytes) -> None:
    guest = await house.guest(first)
    await house.somebody(lambda: house.door.begun)
    house.now += FIRST_WORDS_SECONDS - 1
    house.sweep()
    house.now += 2
    house.sweep()
    assert "Nothing whole arrived within 30 s." in await guest.end()


async def test_one_byte_at_a_time_is_enough(house: House, fast: None) -> None:
    guest = await house.guest()
    for byte in json.dumps(document("connect", name="ann")).encode():
        guest.send(bytes((byte,)))
        await guest.writer.drain()
        await asyncio.sleep(0)
    assert await guest.document() == CONNECTED


async def test_one_byte_a_second_is_not(house: House, fast: None) -> None:
    first, *rest = json.dumps(document("connect", name="ann", room="r1")).encode()
    guest = await house.guest(bytes((first,)))
    await house.somebody(lambda: house.door.begun)
    for byte in rest[: FIRST_WORDS_SECONDS + 1]:
        assert house.door.begun
        guest.send(bytes((byte,)))
        await guest.writer.drain()
        house.now += 1
        house.sweep()
    assert not house.door.begun
    assert "Nothing whole arrived within 30 s." in await guest.end()


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 is not spoken here."),
        (b"\x16\x03\x01\x02\x00\x01\x00", ""),
        (b"NICK ann\r\n", "IRC is not spoken here."),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH is not spoken here."),
    ],
)
async def test_other_languages_get_one_line(house: House, first: bytes, answer: str) -> None:
    guest = await house.guest(first)
    assert (await guest.end()).strip() == answer


async def test_the_end_without_a_goodbye(house: House, fast: None) -> None:
    ann = await joined(house, "ann")
    for first in (b'{"type": "conn', b"{", json.dumps(document("connect", name="bob", room="r1")).encode()):
        guest = await house.guest(first)
        guest.writer.write_eof()
        await guest.end()
    assert await ann.document() == told("bob has joined the room.")
    assert await ann.document() == told("bob has left the room.")


async def test_words_before_a_half_close_are_said(house: House, fast: None) -> None:
    ann = await joined(house, "ann")
    bob = await house.guest(json.dumps(document("connect", name="bob", room="r1")).encode())
    bob.send(document("message", text="last words"))
    bob.writer.write_eof()
    assert json.loads(await bob.end()) == CONNECTED
    assert [(await ann.document())["payload"]["text"] for _ in range(3)] == [
        "bob has joined the room.",
        "last words",
        "bob has left the room.",
    ]
