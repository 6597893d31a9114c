"""Starting `salon chat`: which of its two ways to talk, and under which name."""

import sys
from functools import partial
from pathlib import Path

from salon.client import Client, connect
from salon.client.identity import login_name
from salon.core.names import LOBBY


async def chat(server: str, name: str, room: str, share: str = "", listen: int = 0) -> int:
    """Talk at a terminal where there is one, else through pipes; the exit status. `share` is a folder for others.

    Raises SalonError where there is no server, or where it does not let us in and nobody can be asked.
    """
    connecting = partial(_client, server, room or LOBBY, share, listen)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from salon.faces.console.terminal import chat_at_terminal

        return await chat_at_terminal(connecting, name)
    from salon.faces.console.pipes import chat_on_pipes

    return await chat_on_pipes(connecting(name or login_name(), rename=True), name)


def _client(
    server: str, room: str, share: str, listen: int, name: str, lately: int = 0, *, rename: bool = False
) -> Client:
    since, folder = -lately if lately else None, Path(share) if share else None
    return connect(server, name=name, room=room, since=since, rename=rename, share=folder, listen=listen)
