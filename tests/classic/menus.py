"""The menu chat, from its first menu on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from salon.client import Client, connect, new_secret
from tests.classic.programs import Program, running
from tests.support.servers import Server, free_port

MENU = "Enter an option ('m', 'f', 'x'):\n  (M)essage (send)\n  (F)ile (request)\n e(X)it\n"
SAID = f"Enter your message:\n{MENU}"
GOODBYE = "closing your sockets...goodbye\n"


@asynccontextmanager
async def menu(port: int, cwd: Path, name: str | None = None, listen: int = 0) -> AsyncIterator[Program]:
    """A menu client in a folder of its own; where it has a name, with the first menu before it."""
    cwd.mkdir(exist_ok=True)
    async with running("menu/ChatClient.py", "-l", listen or free_port(), "-p", port, cwd=cwd) as program:
        if name is not None:
            program.type(name)
            await program.expect(MENU)
        yield program


def other(at: Server, name: str) -> Client:
    """Somebody with another face."""
    return connect(at.address, name=name, secret=new_secret())
