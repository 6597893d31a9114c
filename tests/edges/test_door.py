"""The door: who is sent away with a line, and how long one may take to say who one is."""

from __future__ import annotations

import pytest

from salon.core.limits import FIRST_WORDS_SECONDS, SILENCE_SECONDS
from tests.edges.doorstep import Guest, House
from tests.support.eventually import eventually
from tests.support.talker import document

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]

TLS_HELLO = bytes.fromhex("16030100c4010000c00303")
CONNECT = document("connect", name="ann")


async def pass_time(house: House, seconds: float) -> None:
    house.now += seconds
    house.sweep()


async def knock(house: House, first: bytes = b"") -> Guest:
    """A guest whose first bytes have arrived."""
    came = len(house.door.silent) + len(house.door.begun)
    begun = len(house.door.begun)
    guest = await house.guest(first)
    if first:
        await eventually(lambda: len(house.door.begun) > begun)
    else:
        await eventually(lambda: len(house.door.silent) + len(house.door.begun) > came)
    return guest


@pytest.mark.parametrize(
    ("first", "line"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH is not spoken here.\r\n"),
        (b"NICK ann\r\nUSER ann 0 * :Ann\r\n", "IRC is not spoken here.\r\n"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 is not spoken here.\r\n"),
        (TLS_HELLO, ""),
    ],
)
async def test_languages_that_are_not_spoken_get_one_line(house: House, first: bytes, line: str) -> None:
    guest = await house.guest(first)
    assert await guest.end() == line
    await eventually(lambda: not house.door.begun)


async def test_one_byte_at_a_time_is_as_good(house: House) -> None:
    guest = await house.guest()
    for byte in CONNECT:
        guest.send(bytes([byte]))
        await guest.writer.drain()
    await guest.until('"connect_ack"')


@pytest.mark.parametrize("first", [b"GET", b"{", b'{"type":"conn', document("ping"), b"half a na"])
async def test_who_has_begun_has_30_seconds(house: House, first: bytes) -> None:
    guest = await knock(house, first)
    await pass_time(house, FIRST_WORDS_SECONDS)
    await guest.writer.drain()
    assert len(house.door.begun) == 1
    await pass_time(house, 1)
    assert "Nothing whole arrived within 30 s." in await guest.end()
    assert not house.door.begun


async def test_half_a_document_or_many_small_ones_do_not_stop_the_clock(house: House) -> None:
    guest = await knock(house, b"{")
    for _ in range(3):
        await pass_time(house, FIRST_WORDS_SECONDS / 3)
        guest.send(b'"x":1,')
        await guest.writer.drain()
    await pass_time(house, 1)
    assert "too_slow" in await guest.end()


async def test_who_has_a_name_may_be_silent_for_ever(house: House) -> None:
    guest = await house.guest(CONNECT)
    await guest.until('"presence"')
    await pass_time(house, 10 * SILENCE_SECONDS)
    guest.send(document("ping"))
    await guest.until('"pong"')
    assert not house.door.begun


async def test_who_has_said_nothing_has_ten_minutes_and_then_30_seconds(house: House) -> None:
    first = await knock(house)
    await pass_time(house, SILENCE_SECONDS)
    second = await knock(house)
    await pass_time(house, 1)
    assert "Nothing whole arrived within 600 s." in await first.end()
    second.send(b"{")
    await eventually(lambda: house.door.begun)
    await pass_time(house, FIRST_WORDS_SECONDS + 1)
    assert "too_slow" in await second.end()


@pytest.mark.slow
async def test_who_knocks_and_goes_leaves_nothing(house: House) -> None:
    for first in (b"", b"GE"):
        guest = await knock(house, first)
        guest.close()
        await eventually(lambda: not house.door.silent and not house.door.begun)


async def test_who_has_begun_and_is_gone_is_forgotten_by_the_clock(house: House) -> None:
    guest = await knock(house, b"{")
    guest.kill()
    await pass_time(house, FIRST_WORDS_SECONDS + 1)
    assert not house.door.begun


async def test_a_closed_door_sends_the_silent_away(house: House) -> None:
    guest = await knock(house)
    house.door.close()
    assert await guest.end() == ""
