"""All transfers of one person to and from one server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from salon.client.address import Address
from salon.client.identity import file_name
from salon.client.transfers.access import Access
from salon.client.transfers.files import File
from salon.client.transfers.jobs import Job, Patience, Work
from salon.client.transfers.ledger import take_slip, uploads_folder
from salon.client.transfers.naming import local_name
from salon.client.transfers.progress import Transfer
from salon.client.transfers.source import open_source
from salon.client.transfers.trouble import Cut
from salon.core.filenames import SafeName, safe_name
from salon.core.limits import REQUESTS_PER_PERSON
from salon.core.names import fold
from salon.errors import NO_FILES, Refusal, SalonError, refuse
from salon.ground.tasks import Tasks

if TYPE_CHECKING:
    from salon.client.transfers.plain import Plain
    from salon.client.transfers.requesting import Asking
    from salon.client.transfers.udp import Udp
    from salon.client.transfers.web import Web

AT_ONCE = 4  # more would share the same line, and each only be slower
PATIENCE_SECONDS = 120.0
PERSON_PATIENCE_SECONDS = 600.0  # for people who went away and may come back
SILENCE_SECONDS = 30.0


class Transfers:
    """Begins transfers and knows those that were begun, by number. Closing leaves what is not done to be gone on with.

    at_once         how many move at the same time; the others wait for their turn
    patience        seconds without progress after which one is given up, once the server has answered at all
    first_patience  the same before it has ever answered
    silence         seconds without a byte after which a line is taken for dead
    changed         is called when a job's state is another
    folder          where unfinished uploads are remembered
    peers           whoever asks people for files, made when the first is asked; None where nobody can
    """

    def __init__(
        self,
        address: Address,
        access: Access,
        *,
        at_once: int = AT_ONCE,
        patience: float = PATIENCE_SECONDS,
        first_patience: float = 0.0,
        silence: float = SILENCE_SECONDS,
        changed: Callable[[Job], None] = lambda _: None,
        folder: Path | None = None,
        peers: Callable[[], Asking] | None = None,
    ) -> None:
        self.jobs: dict[int, Job] = {}
        self._wished: dict[tuple[str, str, str], Job] = {}
        self._address = address
        self._access = access
        self._turns = asyncio.Semaphore(at_once)
        self._patience = patience
        self._first_patience = first_patience
        self._silence = silence
        self.changed = changed
        self._folder = folder or uploads_folder()
        self._peers = peers
        self._wishes = asyncio.Semaphore(REQUESTS_PER_PERSON)
        self._tasks = Tasks()
        self._opening = asyncio.Lock()
        self._web: Web | None = None
        self._http: Plain | None = None
        self._udp: Udp | None = None

    def send(self, path: Path, room: str) -> Job:
        """Put a file of this machine's on a room's shelf, under its own name."""
        job: Job
        place = str(path.absolute())

        async def open_work() -> Work:
            from salon.client.transfers.upload import Upload

            web = await self._open()
            source = await asyncio.to_thread(open_source, path)
            try:
                name = _safe(path.name)
                identity = (file_name(self._address), fold(room), self._access.name, place)
                slip = await asyncio.to_thread(take_slip, self._folder, *identity)
            except BaseException:
                source.close()
                raise
            return Upload(web, source, name, room, slip, lambda: self._tell(job))

        job = self._begin(Transfer(self._next(), True, path.name or str(path), room), open_work)
        return job

    def get(
        self,
        name: str,
        room: str,
        folder: Path,
        *,
        saved_as: str = "",
        replace: bool = False,
        udp: bool = False,
        halt_at: float = 0,
    ) -> Job:
        """Get a file of a room's into a folder, under its own name or another.

        A file that is there already is left alone, and this one gets a number; unless `replace`.

        udp      over UDP, where that goes
        halt_at  the share of the file, between 0 and 1, at which it pauses by itself, once
        """
        job: Job

        async def open_work() -> Work:
            from salon.client.transfers.download import Download

            safe = _safe(name)
            target = folder / (saved_as or local_name(safe))
            way = self._open_udp() if udp else None
            return Download(
                *(self._plain(), safe, room, target, lambda: self._tell(job)), replace=replace, udp=way, halt_at=halt_at
            )

        job = self._begin(Transfer(self._next(), False, name, room), open_work)
        return job

    def request(self, owner: str, name: str, folder: Path, *, saved_as: str = "", replace: bool = False) -> Job:
        """Get a file that a person shares into a folder; otherwise as `get`. What is on its way already is that job."""
        wish = (fold(owner), name, str(folder / saved_as))
        known = self._wished.get(wish)
        if known is not None and not known.look().state.over:
            return known

        async def open_work() -> Work:
            from salon.client.transfers.requesting import FromPerson

            if self._peers is None:
                raise SalonError(refuse(NO_FILES))
            safe = _safe(name)
            target = folder / (saved_as or local_name(safe))
            return FromPerson(self._peers(), owner, safe, target, replace=replace)

        first = Transfer(self._next(), False, name, "", person=owner)
        job = self._wished[wish] = self._begin(first, open_work, self._wishes, lambda: PERSON_PATIENCE_SECONDS)
        return job

    async def files(self, room: str) -> list[File]:
        """A room's files, newest first, then those of the operator's library. Raises SalonError."""
        try:
            return await self._plain().files(room)
        except Cut as cut:
            raise SalonError(cut.refusal) from cut

    def _next(self) -> int:
        return len(self.jobs) + 1

    def _begin(
        self,
        first: Transfer,
        open_work: Callable[[], Awaitable[Work]],
        turns: asyncio.Semaphore | None = None,
        patience: Patience | None = None,
    ) -> Job:
        job = self.jobs[first.number] = Job(first, self._tell)
        job.begin(self._tasks.start(job.run(open_work, turns or self._turns, patience or self._patience_now)))
        return job

    def _tell(self, job: Job) -> None:
        self.changed(job)

    def _patience_now(self) -> float:
        reached = any(side is not None and side.reached for side in (self._web, self._http))
        return self._patience if reached else self._first_patience

    def _plain(self) -> Plain:
        """The server over HTTP, for what comes from there."""
        if self._http is None:
            from salon.client.transfers.plain import Plain

            self._http = Plain(self._address, self._access, self._silence)
        return self._http

    def _open_udp(self) -> Udp:
        """The server over UDP. What that needs is loaded now."""
        from salon.client.transfers.udp import Udp

        if self._udp is None:
            self._udp = Udp(self._plain())
        return self._udp

    async def _open(self) -> Web:
        """The server over HTTP, for what goes there. What that needs is heavy and loaded now, in a thread."""
        async with self._opening:
            if self._web is None:
                module = await asyncio.to_thread(import_module, "salon.client.transfers.web")
                web: Web = module.Web(self._address, self._access, self._silence)
                self._web = web
            return self._web

    async def close(self) -> None:
        """Stop everything where it is."""
        await self._tasks.close()
        if self._web is not None:
            await self._web.close()
        if self._udp is not None:
            await self._udp.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _safe(name: str) -> SafeName:
    safe = safe_name(name)
    if isinstance(safe, Refusal):
        raise SalonError(safe)
    return safe
