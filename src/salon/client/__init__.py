"""The client library: one person at a server, from Python.

async with salon.connect("127.0.0.1:12345", name="ann", room="lobby") as client:
    await client.say("hi")
    async for message in client:
        print(message.sender, message.text)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salon.client.library import *  # noqa: F403 - what stands there is listed there


def __getattr__(name: str) -> Any:
    """What a program uses, loaded when it is first asked for: commands that only pass files start without it."""
    return getattr(import_module("salon.client.library"), name)
