"""Starting `salon chat`: which of its two ways to talk, and under which name."""

import getpass
import sys
from functools import partial

from salon.client import Client, connect
from salon.core.names import LOBBY
from salon.errors import NO_NAME, SalonError, refuse


async def chat(server: str, name: str, room: str) -> int:
    """Talk at a terminal where there is one, else through pipes; the exit status.

    Raises SalonError where there is no server, or where it does not let us in and nobody can be asked.
    """
    connecting = partial(_client, server, room or LOBBY)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from salon.faces.console.terminal import chat_at_terminal

        return await chat_at_terminal(connecting, name)
    from salon.faces.console.pipes import chat_on_pipes

    return await chat_on_pipes(connecting(name or login_name(), rename=True), name)


def _client(server: str, room: str, name: str, lately: int = 0, *, rename: bool = False) -> Client:
    return connect(server, name=name, room=room, since=-lately if lately else None, rename=rename)


def login_name() -> str:
    """Who this machine says one is. Raises SalonError where it says nothing."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # nobody is logged in
        raise SalonError(refuse(NO_NAME)) from error
