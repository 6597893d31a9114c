"""`connect` with a name that may be changed, and with what was said recently."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.edges.doorstep import Guest, House, opened

pytestmark = pytest.mark.anyio

ONE, OTHER = "1" * 32, "2" * 32


async def enter(house: House, name: str, secret: str = "", **payload: Any) -> tuple[Guest, dict[str, Any]]:
    connect = {"type": "connect", "payload": {"name": name, "version": 1, "client": secret, **payload}}
    guest = await house.guest()
    guest.send(connect)
    return guest, await heard(guest, "connect_ack")


async def heard(guest: Guest, *kinds: str) -> dict[str, Any]:
    """The payload of the next document of one of these types."""
    while (document := json.loads(await guest.line()))["type"] not in kinds:
        pass
    payload: dict[str, Any] = document["payload"]
    return payload


async def say(guest: Guest, text: str) -> None:
    """Say it; once this returns, it is in the log."""
    guest.send({"type": "message", "payload": {"text": text, "id": text}})
    await heard(guest, "ack")


async def test_a_name_in_use_is_numbered_where_that_is_asked_for() -> None:
    async with opened() as house:
        shown = [(await enter(house, "bob", secret, rename=True))[1]["name"] for secret in (ONE, OTHER, "", ONE, OTHER)]
        assert shown == ["bob", "bob(2)", "bob(3)", "bob", "bob(2)"]


async def test_a_numbered_name_is_free_again_after_its_goodbye() -> None:
    async with opened() as house:
        await enter(house, "bob", rename=True)
        second, _ = await enter(house, "bob", rename=True)
        second.send({"type": "exit", "payload": {}})
        await second.end()
        assert (await enter(house, "BOB", rename=True))[1]["name"] == "BOB(2)"


@pytest.mark.parametrize(("asked", "given"), [("All", "All_"), ("bob(2)", "bob(2)_"), ("a:b\n", "a_b"), ("", "_")])
async def test_what_cannot_be_a_name_is_mended_where_that_is_asked_for(asked: str, given: str) -> None:
    async with opened() as house:
        assert (await enter(house, asked, rename=True))[1]["name"] == given


async def test_both_are_refused_where_it_is_not() -> None:
    async with opened() as house:
        await enter(house, "bob")
        guest = await house.guest()
        for name, code in (("bob", "name_taken"), ("All", "bad_name")):
            guest.send({"type": "connect", "payload": {"name": name, "version": 1}})
            assert (await heard(guest, "error"))["code"] == code


async def test_what_was_said_in_the_last_seconds_comes_first() -> None:
    async with opened() as house:
        ann, _ = await enter(house, "ann")
        for second in (1, 4, 9):
            house.ms = 1_000_000 + second * 1_000
            await say(ann, f"at {second}")
        guest, ack = await enter(house, "bob", recent=5)
        assert ack["rooms"]["lobby"] == {"first": 1, "seq": 3, "since": 1}
        assert [(await heard(guest, "message"))["text"] for _ in range(2)] == ["at 4", "at 9"]
        assert "since" not in (await enter(house, "eve"))[1]["rooms"]["lobby"]


async def test_nothing_recent_is_where_it_begins() -> None:
    async with opened() as house:
        for room in ("new", "new"):
            _, ack = await enter(house, "bob", rename=True, recent=5, room=room)
            assert ack["rooms"]["new"] == {"first": 1, "seq": 0, "since": 0}


async def test_a_room_that_cannot_be_has_nothing_recent_either() -> None:
    async with opened() as house:
        guest, ack = await enter(house, "bob", recent=5, room="../x")
        assert ack["rooms"] == {}
        assert (await heard(guest, "error"))["code"] == "bad_room"
