"""A bot that repeats what it hears: python bot.py [HOST:PORT]."""

import asyncio
import sys

import salon


async def main() -> None:
    async with salon.connect(*sys.argv[1:], name="echo", room="lobby") as client:
        async for message in client:
            if message.sender != client.name:
                await client.reply(message, f"{message.sender} said: {message.text}")


asyncio.run(main())
