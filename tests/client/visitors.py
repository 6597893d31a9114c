"""People at a real server, and what they hear."""

from __future__ import annotations

import asyncio

import salon
from salon.client import Client, Event, Message, new_secret
from tests.support.servers import Server


def person(
    server: Server, name: str, *, since: int | None = None, reconnect: bool = True, room: str = "lobby"
) -> Client:
    """Somebody new in each test."""
    return salon.connect(server.address, name=name, room=room, since=since, secret=new_secret(), reconnect=reconnect)


async def texts(client: Client, count: int) -> list[str]:
    """So many messages, as they come."""
    heard = []
    async with asyncio.timeout(20):
        async for message in client:
            heard.append(message.text)
            if len(heard) == count:
                break
    return heard


async def first(client: Client, kind: type[Event]) -> Event:
    """The first event of this kind."""
    async with asyncio.timeout(20):
        async for event in client.events():
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind} came")


async def everything(room: salon.client.Room) -> list[Message]:
    """Every message of a room, until it is left or the client closed."""
    return [message async for message in room]
