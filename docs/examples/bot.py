"""A bot that says the time to whoever asks for it: `python bot.py [HOST:PORT]`."""

import asyncio
import sys
import time

import salon


async def main(server: str) -> None:
    async with salon.connect(server, name="clock", room="lobby") as client:
        async for message in client:
            if message.text == "What time is it?":
                await client.reply(message, f"It is {time.strftime('%H:%M')}, {message.sender}.")


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:12345"))
