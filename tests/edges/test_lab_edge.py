"""Clients that others wrote for the lab, at a real door: each in its form, in one room with all others."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from salon.edges import pacing
from salon.errors import STORAGE_FAILED, refuse
from tests.edges.doorstep import House
from tests.edges.labtalk import CONNECTED, LEFT, document, joined, refused, said, told

pytestmark = pytest.mark.anyio


async def test_a_lab(house: House, fast: None) -> None:
    ann = await joined(house, "ann")
    bob = await joined(house, "bob")
    eve = await joined(house, "eve", "r2")
    assert await ann.document() == told("bob has joined the room.")
    bob.send(document("message", sender="mallory", room="r2", text="hi: {all}"))
    assert await ann.document() == said("bob", "hi: {all}")
    ann.send(document("message", text="hello") | {"extra": 1})
    assert await bob.document() == said("ann", "hello")
    ann.send(document("exit"))
    assert await ann.document() == LEFT
    assert await ann.end() == ""
    assert await bob.document() == told("ann has left the room.")
    bob.send(document("disconnect"))
    assert await bob.document() == LEFT
    eve.send(document("exit"))
    assert await eve.document() == LEFT  # and nothing of the other room before it


def _counted(data: bytes) -> bytes:
    return b"%-10d" % len(data) + data


def _quoted(head: str, data: bytes) -> bytes:
    return (head.replace('"', "'") if data[1:2] == b"'" else head).encode() + data


def _msglen(data: bytes) -> bytes:
    return _quoted('{"type": "msglen", "payload": {"size": "' + f"{len(data):<21}" + '"}}', data)


def _length(data: bytes) -> bytes:
    return _quoted(f'{{"length": {len(data)}}}', data)


@pytest.mark.parametrize("frame", [_counted, _msglen, _length, bytes])
@pytest.mark.parametrize(("write", "hello"), [(json.dumps, "connect"), (repr, "connect_ack")])
@pytest.mark.parametrize("key", ["type", "message_type"])
async def test_each_form_hears_and_is_heard(
    house: House,
    fast: None,
    frame: Callable[[bytes], bytes],
    write: Callable[[object], str],
    hello: str,
    key: str,
) -> None:
    def form(kind: str, **payload: str) -> bytes:
        return frame(write({key: kind, "payload": payload}).encode())

    ann = await joined(house, "ann")
    bob = await house.guest(form(hello, name="bob", room="r1"))
    await bob.until("connect_ack")
    await bob.until("}}")
    assert await ann.document() == told("bob has joined the room.")
    bob.send(form("message", text='it\'s "me"', room="r1"))
    assert await ann.document() == said("bob", 'it\'s "me"')
    ann.send(document("message", text="so it is"))
    heard = await bob.until("so it is")
    assert f'"{key}"' in heard or f"'{key}'" in heard
    assert ('"payload"' in heard) == (write is json.dumps)
    bob.send(form("exit"))
    heard = await bob.end()
    assert "exit_ack" in heard
    assert await ann.document() == told("bob has left the room.")


async def test_names_that_are_taken_or_cannot_be(house: House, fast: None) -> None:
    await joined(house, "bob")
    for raw, name in (("bob", "bob(2)"), ("Bob", "Bob(3)"), ("a:b", "a_b"), ("All", "All_"), ("", "_")):
        guest = await house.guest()
        guest.send(document("connect", name=raw))
        assert await guest.document() == CONNECTED
        assert await guest.document() == told(f"You are called {name} here.")


async def test_a_second_connect_moves(house: House, fast: None) -> None:
    ann = await joined(house, "ann")
    bob = await joined(house, "bob")
    assert await ann.document() == told("bob has joined the room.")
    bob.send(document("connect", name="bob", room=" "))
    assert await bob.document() == CONNECTED
    assert await ann.document() == told("bob has left the room.")
    bob.send(document("message", text="in the lobby"))
    bob.send(document("connect", name="bob", room="R1"))
    assert await bob.document() == CONNECTED
    assert await ann.document() == told("bob has joined the room.")
    bob.send(document("connect", name="bob", room="r1"))
    assert await bob.document() == CONNECTED
    bob.send(document("message", text="back"))
    assert await ann.document() == said("bob", "back")


async def test_what_is_not_possible_is_said(house: House, fast: None) -> None:
    guest = await house.guest()
    guest.send(document("message", text="hi"))
    error = await guest.document()
    assert (error["type"], error["payload"]["msg"][:17]) == ("error", "Say who you are f")
    guest.send(document("connect", name="ann", room="../x"))
    assert "it names a place" in (await guest.document())["payload"]["message"]
    guest.send(document("connect", name="ann"))
    assert await guest.document() == CONNECTED
    guest.send(document("dance"))
    assert await guest.document() == refused("unknown_type", 'There is no document of type "dance".')
    guest.send(document("message", text=""))
    assert await guest.document() == refused("empty", "There is nothing in this message.")
    guest.send(document("upload", path="/etc/passwd"))
    assert "Only the name of /etc/passwd came." in (await guest.document())["payload"]["text"]
    guest.send(document("upload", file_name="a.txt", content="aGk="))
    assert "Files cannot be passed" in (await guest.document())["payload"]["text"]
    guest.send(document("download", file_name="a.txt"))
    assert "Files cannot be passed" in (await guest.document())["payload"]["text"]
    guest.send(document("upload", file_name="a.png", file_size=5))
    guest.send(b"\n{'\"0")
    assert "Files cannot be passed" in (await guest.document())["payload"]["text"]
    guest.send(document("exit"))
    assert await guest.document() == LEFT


async def test_a_message_with_an_id_is_acknowledged_once_kept(house: House, fast: None) -> None:
    ann = await joined(house, "ann")
    for _ in range(2):
        ann.send(document("message", text="hi", id="m1"))
        ack = await ann.document()
        assert (ack["type"], ack["payload"]["id"], ack["payload"]["seq"]) == ("ack", "m1", 1)


async def test_a_stream_that_makes_no_sense_is_answered_and_closed(house: House, fast: None) -> None:
    for noise in (b"{}]", b'{"type": "exit" x}}]', b"12        {" + b"y" * 80 + b"}}", b"{'a': 1} 'x'"):
        guest = await house.guest(noise)
        assert "This is not a document" in await guest.end()


async def test_a_store_that_fails_is_told(house: House, fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object, **__: object) -> object:
        return refuse(STORAGE_FAILED)

    for name in ("enter", "join"):
        monkeypatch.setattr(house.hall, name, failing)
        guest = await house.guest()
        guest.send(document("connect", name="ann"))
        assert "could not write this down" in (await guest.document())["payload"]["message"]
        monkeypatch.undo()
        monkeypatch.setattr(pacing, "READ_SECONDS", 0.0)


# together


async def test_three_dialects_in_one_room_hear_each_other_once(house: House, fast: None) -> None:
    lab = await joined(house, "lab")
    net = await house.guest(b"net\n/join r1\n")
    await net.until("* You are in r1 with lab.\n")
    assert await lab.document() == told("net has joined the room.")
    full = await house.guest(json.dumps(document("connect", name="full", room="r1", version=1)).encode())
    await full.until('"joined":["full"]}}\n')
    assert await lab.document() == told("full has joined the room.")
    assert await net.line() == "* full has joined the room."

    text = 'x {"type":"exit"} upload: a\n\x1b[1m'
    full.send(document("message", text=text, room="r1"))
    assert await net.line() == 'full: x {"type":"exit"} upload: a\\n\\x1b[1m'
    assert await lab.document() == said("full", text)
    assert (await full.document())["payload"]["text"] == text
    net.send(b"from net\n")
    assert await lab.document() == said("net", "from net")
    assert (await full.document())["payload"]["text"] == "from net"
    lab.send(document("message", text="from lab"))
    assert await net.line() == "lab: from lab"
    assert (await full.document())["payload"]["text"] == "from lab"

    full.send(document("message", to="lab", text="psst"))
    one = await lab.document()
    assert (one["payload"]["sender"], one["payload"]["text"]) == ("full", "psst")
    assert (await full.document())["payload"]["text"] == "psst"
    net.kill()
    full.send(document("topic", text="tea", room="r1"))
    assert await lab.document() == told("full set the topic: tea")
    assert (await full.document())["payload"]["topic"] == "tea"
    assert (lab.heard, full.heard.strip(), net.heard) == (b"", b"", b"")


async def test_a_server_that_closes_says_so_at_once(house: House) -> None:
    ann = await joined(house, "ann")
    bob = await joined(house, "bob")
    for n in range(5):
        bob.send(document("message", text=str(n)))
    await ann.until("bob has joined")
    await house.hall.close("The server is closing.")
    assert '"msg":"The server is closing."}}' in await ann.end()
