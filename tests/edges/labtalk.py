"""What clients that others wrote for the lab say, and what they are told, as documents."""

from __future__ import annotations

from typing import Any

from tests.edges.doorstep import Guest, House


def document(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


def told(sentence: str) -> dict[str, Any]:
    return document("notification", message=sentence, text=sentence, msg=sentence)


def refused(code: str, sentence: str) -> dict[str, Any]:
    return document("error", message=sentence, text=sentence, msg=sentence, code=code)


def done(kind: str, sentence: str) -> dict[str, Any]:
    return document(kind, message=sentence, msg=sentence, status=0)


def said(sender: str, text: str, room: str = "r1") -> dict[str, Any]:
    return document("message", sender=sender, name=sender, room=room, text=text, message=text, content=text)


CONNECTED = done("connect_ack", "Connected to the room.")
LEFT = done("exit_ack", "Disconnected from the room.")


async def joined(house: House, name: str, room: str = "r1") -> Guest:
    guest = await house.guest()
    guest.send(document("connect", name=name, room=room))
    assert await guest.document() == CONNECTED
    return guest
