"""What the agent does for the page that a page cannot: files straight into a folder, over every path there is.

For this the agent is here as one more session of the same person: it has tickets of its own, finds the server again by
itself, and people's requests reach it whatever the page is doing. It comes in with the first errand that needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from salon.client import connect
from salon.client.address import Address
from salon.client.client import Client
from salon.client.transfers import Job, State
from salon.client.transfers.naming import wrong_type
from salon.core.filenames import safe_name
from salon.errors import NO_SUCH_TRANSFER, NOT_CONNECTED, UNREADABLE, Refusal, SalonError, refuse
from salon.faces.window.words import Moved, moved
from salon.ground.tasks import Tasks

if TYPE_CHECKING:
    from salon.faces.window.words import Get, Request, Session

_LOOK_SECONDS = 0.1


class Natives:
    """The files of whoever is signed in, at the server that was reached.

    folder  where downloads go
    tell    is called with each transfer whenever it is otherwise than before
    halt_at the share of each download at which it stands still until somebody has it proceed; 0 for none
    """

    def __init__(self, folder: Path, tell: Callable[[Moved], None], halt_at: float = 0) -> None:
        self.folder = folder
        self._halt_at = halt_at
        self._tell = tell
        self._server: Address | None = None
        self._who: tuple[str, str] = ("", "")  # name and secret
        self._client: Client | None = None
        self._coming = asyncio.Lock()
        self._told: dict[int, Moved] = {}
        self._looking: asyncio.Task[None] | None = None
        self._tasks = Tasks()

    async def reach(self, server: Address) -> None:
        """From now on this server is meant. What is on its way from another one stops, and can be gone on with."""
        if server != self._server:
            await self._leave()
            self._server = server

    async def session(self, session: Session) -> None:
        """Somebody is signed in, or nobody any more."""
        who = (session.name, session.secret)
        if who != self._who:
            await self._leave()
            self._who = who

    async def get(self, wish: Get) -> int:
        """Begin a download; its number. Raises SalonError where it cannot be saved so, or nobody is signed in."""
        _check(wish.name, wish.saved_as)
        transfers = (await self._here()).transfers
        job = transfers.get(wish.name, wish.room, self.folder, saved_as=wish.saved_as, udp=True, halt_at=self._halt_at)
        return job.number

    async def request(self, wish: Request) -> int:
        """Ask a person for a file; its number. Raises as `get`."""
        _check(wish.name, wish.saved_as)
        transfers = (await self._here()).transfers
        return transfers.request(wish.owner, wish.name, self.folder, saved_as=wish.saved_as).number

    async def share(self, folder: str) -> Refusal | None:
        """Hand out the files of this folder, or none any more; what is wrong, where others reach it less well for that.

        Raises SalonError where there is no such folder, or nobody is signed in.
        """
        peers = (await self._here()).peers
        if not folder:
            await peers.unshare()
            return None
        return await peers.share(await asyncio.to_thread(_folder, folder))

    @property
    def shared(self) -> str:
        """The folder whose files are handed out; nothing where none is."""
        path = self._client.peers.shared if self._client is not None else None
        return str(path or "")

    def job(self, number: int) -> Job:
        """A transfer of this number. Raises SalonError where there is none."""
        job = self._client.transfers.jobs.get(number) if self._client is not None else None
        if job is None:
            raise SalonError(refuse(NO_SUCH_TRANSFER))
        return job

    def all(self) -> list[Moved]:
        """Every transfer as it was told last."""
        return list(self._told.values())

    async def close(self) -> None:
        """Stop everything where it is."""
        await self._leave()
        await self._tasks.close()

    async def _here(self) -> Client:
        """This person's session for files, made now where there is none. Raises SalonError."""
        async with self._coming:
            if self._client is None:
                name, secret = self._who
                if self._server is None or not name:
                    raise SalonError(refuse(NOT_CONNECTED))
                client = connect(str(self._server), name=name, secret=secret)
                await client.open()
                client.transfers.changed = self._changed
                self._client = client
            return self._client

    async def _leave(self) -> None:
        async with self._coming:
            client, self._client = self._client, None
            if client is not None:
                await client.close(flush=False)
            self._told.clear()

    def _changed(self, job: Job) -> None:
        self._look_at(job)
        if self._looking is None or self._looking.done():
            self._looking = self._tasks.start(self._look())

    async def _look(self) -> None:
        """Tell how far they are, as long as any is on its way and not standing still."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            jobs = self._client.transfers.jobs if self._client is not None else {}
            states = [self._look_at(job) for job in list(jobs.values())]
            if all(state.over or state is State.PAUSED for state in states):
                return

    def _look_at(self, job: Job) -> State:
        now = job.look()
        news = moved(now)
        if self._told.get(now.number) != news:
            self._told[now.number] = news
            self._tell(news)
        return now.state


def _check(name: str, saved_as: str) -> None:
    """Raises SalonError where a file should not be saved so."""
    if saved_as:
        safe = safe_name(saved_as)
        if isinstance(safe, Refusal):
            raise SalonError(safe)
        refusal = wrong_type(name, saved_as)
        if refusal is not None:
            raise SalonError(refusal)


def _folder(text: str) -> Path:
    """The folder that somebody wrote. Raises SalonError where it is nobody's."""
    try:
        return Path(text.strip()).expanduser().absolute()
    except RuntimeError as error:
        raise SalonError(refuse(UNREADABLE, name=text, why="nobody's home is called so")) from error
