"""Lines that are cut at any byte, while everybody talks."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

import salon
from salon.client import Client, new_secret
from salon.core.events import Said
from tests.support.proxies import proxy
from tests.support.servers import serving

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

EACH = 150  # messages
LONGEST_LIFE = 15_000  # bytes of one connection, both ways


async def _hear(client: Client, count: int) -> list[str]:
    heard: list[str] = []
    async for message in client:
        heard.append(message.text)
        if len(heard) == count:
            break
    return heard


async def _talk(client: Client, dice: random.Random) -> None:
    for n in range(EACH):
        text = f"{client.name} {n} {'é' * dice.randrange(100)}"
        if dice.random() < 0.5:
            await client.post(text)
        else:
            await client.say(text)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_everything_is_heard_once_and_in_order(seed: int) -> None:
    dice = random.Random(seed)
    names = ["ann", "bob", "cat"]
    async with serving() as server, contextlib.AsyncExitStack() as stack:
        # Any byte may be the last one, also the first of a greeting.
        line = await stack.enter_async_context(
            proxy(server.port, lambda: dice.randrange(1, LONGEST_LIFE) if line_may_break else None)
        )
        line_may_break = False
        people = [
            await stack.enter_async_context(salon.connect(line.address, name=name, secret=new_secret()))
            for name in names
        ]
        hearing = [asyncio.ensure_future(_hear(client, EACH * len(names))) for client in people]
        line_may_break = True
        line.cut()
        async with asyncio.timeout(50):
            await asyncio.gather(*(_talk(client, random.Random(f"{seed}{client.name}")) for client in people))
            heard = await asyncio.gather(*hearing)
        line_may_break = False
        log = [
            entry.event.text for entry in await server.store.read("lobby", 0, 10_000) if isinstance(entry.event, Said)
        ]
        assert len(set(log)) == len(log) == EACH * len(names)
        for one in heard:
            assert one == log
        for name in names:
            assert [text.split()[1] for text in log if text.startswith(name)] == [str(n) for n in range(EACH)]
        assert line.cuts > 10
