"""One file on its way from another person: asked for through the server, fetched over the best way there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from typing import Protocol

from salon.client.transfers.part import Part, open_part
from salon.client.transfers.paths import Path, Way
from salon.client.transfers.trouble import Cut
from salon.core.filenames import SafeName
from salon.errors import BYTES_DIFFER, LOST_OWNER, SalonError, refuse
from salon.ground.tasks import Tasks
from salon.wire.passing import Supplied

_SILENCE_SECONDS = 10.0  # a way on which nothing comes for so long is as good as cut
_TRIES = 2  # to get the right bytes, the second time from zero


class Asking(Protocol):
    """Whoever asks people for files, over the chat connection."""

    async def ask(self, owner: str, name: SafeName) -> Supplied:
        """What the owner has. Raises SalonError where they refuse or are not here, Cut where that passes by itself."""

    def ways(self, supplied: Supplied) -> Sequence[Way]:
        """All ways to the owner that may be there."""

    def withdraw(self, supplied: Supplied) -> None:
        """The file is here, or not wanted now."""


class FromPerson:
    """Gets a person's file to `target`. `run` may be broken off and called again.

    saved  where it stands, in the end
    path   over which way it comes, or came last
    """

    evicts = ()
    detour = None
    last_byte = None

    def __init__(self, asking: Asking, owner: str, name: SafeName, target: FilePath, *, replace: bool) -> None:
        self.size: int | None = None
        self.sha256 = ""
        self.saved = ""
        self.path = ""
        self._asking = asking
        self._owner = owner
        self._name = name
        self._target = target
        self._replace = replace
        self._part: Part | None = None
        self._tries = 0
        self._shunned: set[str] = set()
        self._begun = False  # something of it has come: who is away now is worth waiting for

    @property
    def offset(self) -> int:
        """Bytes that are there."""
        return self._part.offset if self._part is not None else 0

    acknowledged = offset

    async def run(self) -> None:
        """Get what is missing. Raises Cut where another attempt is worth it, else SalonError."""
        while not self.saved:
            part = self._part
            if part is None or part.offset != self.size:
                part = await self._fetch()
            if await part.digest() == self.sha256:
                self.saved = str(await asyncio.to_thread(part.place, replace=self._replace))
            else:
                await self._begin_again(part)

    async def _fetch(self) -> Part:
        try:
            supplied = await self._asking.ask(self._owner, self._name)
        except SalonError as error:
            # They were here: they may come back, with the same file.
            if self._begun and error.refusal.problem.retry:
                raise Cut(error.refusal) from error
            raise
        try:
            part = await self._take_up(supplied)
            carriage = Carriage(self._asking.ways(supplied), supplied, part, self._note, self._shunned)
            if not await carriage.run():
                raise Cut(refuse(LOST_OWNER, name=self._name, owner=supplied.owner))
            return part
        finally:
            self._asking.withdraw(supplied)

    def _note(self, path: Path) -> None:
        self.path = path.way.name
        self._begun = True

    async def _take_up(self, supplied: Supplied) -> Part:
        """What stands here of these bytes. What stands here of others is nobody's any more."""
        if self._part is not None and self.sha256 != supplied.sha256:
            await self._part.discard()
            self._part = None
        self.sha256, self.size = supplied.sha256, supplied.size
        if self._part is None:
            self._part = await asyncio.to_thread(open_part, self._target, self.sha256, self.size)
        return self._part

    async def _begin_again(self, part: Part) -> None:
        self._tries += 1
        if self._tries >= _TRIES:
            raise SalonError(refuse(BYTES_DIFFER, name=self._name))
        await part.empty()

    async def discard(self) -> None:
        """Throw away what stands here."""
        if self._part is not None:
            await self._part.discard()

    async def close(self) -> None:
        """Leave what stands here to be gone on with."""
        if self._part is not None:
            await self._part.close()


class Carriage:
    """Brings what a part lacks. All ways are tried at once; the first that is there carries, a better one takes over,
    and where the one that carries fails, all are tried again, from where the part stands.

    noted    is called with each path as it begins to carry
    shunned  names of ways that were open and brought nothing: some networks let small packets through and no large ones
    """

    def __init__(
        self,
        ways: Sequence[Way],
        supplied: Supplied,
        part: Part,
        noted: Callable[[Path], None],
        shunned: set[str],
    ) -> None:
        self._ways = ways
        self._supplied = supplied
        self._part = part
        self._noted = noted
        self._opening: dict[asyncio.Task[Path | None], Way] = {}
        self._carrying: asyncio.Task[SalonError | None] | None = None
        self._path: Path | None = None
        self._shunned = shunned
        self._stood = (-1, 0)  # where the part was when the ways were tried last, and how many were shunned
        self._tasks = Tasks()

    async def run(self) -> bool:
        """Whether the part is whole in the end. Raises SalonError where it cannot be written."""
        try:
            while self._part.offset < self._supplied.size:
                if self._carrying is None and not self._opening and not self._try_all():
                    return False
                await self._turn()
            return True
        finally:
            await self._give_up()

    def _try_all(self) -> bool:
        """Try every way that is worth it; False where that was done since anything came."""
        stands = (self._part.offset, len(self._shunned))
        ways = [way for way in self._ways if way.name not in self._shunned]
        if stands == self._stood or not ways:
            self._shunned.clear()  # the next time is another time
            return False
        self._stood = stands
        for way in ways:
            self._opening[self._tasks.start(way.open(self._supplied))] = way
        return True

    async def _turn(self) -> None:
        """Wait until a way is there, or the one that carries has ended."""
        waited = [*self._opening, *([self._carrying] if self._carrying is not None else ())]
        done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if self._carrying in done and self._carrying is not None:
            carrying, self._carrying = self._carrying, None
            self._let_go()
            if (error := carrying.result()) is not None:
                raise error
        opened = [task.result() for task in done if self._opening.pop(task, None) is not None]
        for path in opened:
            if path is not None:
                await self._consider(path)

    async def _consider(self, path: Path) -> None:
        """Change over to this path where it is better than the one that carries."""
        if self._path is not None and self._path.way.rank <= path.way.rank:
            path.close()
            return
        if self._carrying is not None:
            self._carrying.cancel()
            await asyncio.wait([self._carrying])
        self._let_go()
        self._leave_worse(path)
        self._path = path
        self._carrying = self._tasks.start(self._carry(path))

    def _leave_worse(self, path: Path) -> None:
        """Open no way that would not be taken any more: some cost much to open."""
        for task, way in list(self._opening.items()):
            if way.rank >= path.way.rank and not task.done():
                task.cancel()
                del self._opening[task]

    async def _carry(self, path: Path) -> SalonError | None:
        """Take what comes on this path, as long as something does; why it cannot be written, where that ended it."""
        began = self._part.offset
        try:
            async with asyncio.timeout(_SILENCE_SECONDS):
                await path.ask(began)
        except (OSError, TimeoutError, SalonError):
            self._shunned.add(path.way.name)
            return None
        self._noted(path)
        try:
            await self._take_all(path)
        except (OSError, TimeoutError):
            if self._part.offset == began:
                self._shunned.add(path.way.name)
        except SalonError as error:
            return error
        return None

    async def _take_all(self, path: Path) -> None:
        """Take what comes until it is all. Raises OSError where it breaks off, SalonError where the disk would not."""
        while path.left:
            async with asyncio.timeout(_SILENCE_SECONDS):
                data = await path.piece()
            self._part.take(data)
            await self._part.room()

    def _let_go(self) -> None:
        if self._path is not None:
            self._path.close()
            self._path = None

    async def _give_up(self) -> None:
        """Leave no connection behind."""
        await self._tasks.close()
        self._let_go()
        for task in self._opening:
            if not task.cancelled() and task.exception() is None and (path := task.result()) is not None:
                path.close()
