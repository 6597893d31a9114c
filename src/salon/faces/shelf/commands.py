"""What `salon send`, `salon get` and `salon files` do. Each gives the command's exit status."""

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

from salon.client.address import parse_address
from salon.client.identity import default_folder, kept_identity, login_name, new_secret
from salon.client.transfers import ByName, Job, State, Transfers
from salon.core.names import LOBBY, room_name
from salon.core.text import printable
from salon.errors import STATUS_FAILED, Refusal, SalonError
from salon.faces.shelf.drawing import came_line, result_line, stopped_line
from salon.faces.shelf.listing import json_listing, listing_lines
from salon.faces.shelf.screen import Screen, standard_screen


async def send(server: str, name: str, room: str, files: Sequence[str]) -> int:
    """Put files on a room's shelf, one after the other: the shelf has them in the order of the command line.

    Raises SalonError where the server or the room cannot be called so.
    """
    address, place, screen = parse_address(server or ":"), _room(room), standard_screen()
    sender = name or login_name()
    secret, trouble = await asyncio.to_thread(kept_identity, address, default_folder(), time.sleep)
    if trouble:
        screen.notice(trouble)
    async with Transfers(address, ByName(sender, secret), at_once=1, changed=screen.changed) as transfers:
        return await _see_through([transfers.send(Path(file), place) for file in files], screen)


async def get(server: str, room: str, names: Sequence[str], output: str, *, replace: bool, udp: bool = False) -> int:
    """Get files of a room's: into a folder, or one of them under a name of its own. Raises SalonError like `send`."""
    address, place, screen = parse_address(server or ":"), _room(room), standard_screen()
    folder, saved_as = _target(output)
    async with Transfers(address, _nobody(), at_once=1, changed=screen.changed) as transfers:
        jobs = [transfers.get(name, place, folder, saved_as=saved_as, replace=replace, udp=udp) for name in names]
        return await _see_through(jobs, screen)


async def get_from(server: str, name: str, owner: str, names: Sequence[str], output: str, *, replace: bool) -> int:
    """Get files that a person shares; nobody's name is taken for that. Raises SalonError like `send`."""
    from salon.client import connect  # who gets from a server needs no more than HTTP

    screen = standard_screen()
    folder, saved_as = _target(output)
    async with connect(server or ":", name=name or login_name(), visit=True, rename=True) as client:
        if client.trouble:
            screen.notice(client.trouble)
        client.transfers.changed = screen.changed
        jobs = [client.transfers.request(owner, one, folder, saved_as=saved_as, replace=replace) for one in names]
        return await _see_through(jobs, screen)


async def files(server: str, room: str, *, as_json: bool) -> int:
    """List a room's files. Raises SalonError where that cannot be."""
    address, place, screen = parse_address(server or ":"), _room(room), standard_screen()
    async with Transfers(address, _nobody()) as transfers:
        listed = await transfers.files(place)
    if as_json:
        screen.result(json_listing(listed))
    else:
        for line in listing_lines(listed, place):
            screen.result(line)
    return 0


async def _see_through(jobs: Sequence[Job], screen: Screen) -> int:
    """Follow the jobs to their end, in order."""
    status, said = 0, ""
    for job in jobs:
        try:
            await screen.watch(job)
        except asyncio.CancelledError:  # Ctrl-C
            if job.look().offset:
                screen.notice(stopped_line(job.look()))
            raise
        transfer = job.look()
        if transfer.state is State.DONE:
            screen.result(result_line(transfer))
            if transfer.person:
                screen.notice(came_line(transfer))
            continue
        status = STATUS_FAILED
        sentence = transfer.refusal.message if transfer.refusal else transfer.state.value
        if sentence != said:  # without a server, each file would say the same
            screen.trouble(printable(sentence))
        if transfer.offset and not transfer.state.over:
            screen.notice(stopped_line(transfer))
        said = sentence
    return status


def _room(raw: str) -> str:
    name = room_name(raw or LOBBY)
    if isinstance(name, Refusal):
        raise SalonError(name)
    return name


def _target(output: str) -> tuple[Path, str]:
    """The folder into which to save, and the name where one is given."""
    if not output:
        return Path(), ""
    path = Path(output)
    if path.is_dir() or output.endswith(("/", os.sep)):
        return path, ""
    return path.parent, path.name


def _nobody() -> ByName:
    """Whoever reads open rooms need be nobody."""
    return ByName("", new_secret())
