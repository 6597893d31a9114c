"""Files in a conversation on a console: what each order does, and what is told of what becomes of it."""

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from salon.client import Client, Room
from salon.client.transfers import Job, State, Transfer
from salon.client.transfers.naming import wrong_type
from salon.core.filenames import safe_name
from salon.errors import NO_SUCH_TRANSFER, WHICH_TRANSFER, Refusal, SalonError, refuse
from salon.faces.console.file_orders import (
    Cancel,
    Download,
    FileOrder,
    Files,
    Moving,
    Pause,
    Proceed,
    Request,
    Share,
    TakeDown,
    Upload,
    unquoted,
)
from salon.faces.shelf.drawing import bar_line, came_line, evicts_line, path_line, result_line, state_line, stopped_line
from salon.faces.shelf.listing import listing_lines

_DRAWN_SECONDS = 0.5
_WIDTH = 100  # columns of a line of /transfers
_ESCAPED = re.compile(r"\\(.)")


class FileDesk:
    """What a console does with files. `answer` shows a sentence to the person alone."""

    def __init__(self, client: Client, answer: Callable[[str], None]) -> None:
        self._client = client
        self._transfers = client.transfers
        self._transfers.changed = self._changed
        self._answer = answer
        self._told: dict[int, object] = {}
        self._news = asyncio.Event()

    async def obey(self, order: FileOrder, room: Room) -> None:
        """Do what is asked. Raises SalonError."""
        await _OBEY[type(order)](self, order, room)

    # orders

    async def _upload(self, order: Upload, room: Room) -> None:
        self._transfers.send(await asyncio.to_thread(local_path, order.path), room.name)

    async def _download(self, order: Download, room: Room) -> None:
        saved_as = order.saved_as
        if saved_as:
            safe = safe_name(saved_as)
            refusal = safe if isinstance(safe, Refusal) else wrong_type(order.name, safe)
            if refusal is not None:
                raise SalonError(refusal)
        self._transfers.get(order.name, room.name, Path(), saved_as=saved_as, udp=order.udp)

    async def _files(self, _order: Files, room: Room) -> None:
        for line in listing_lines(await self._transfers.files(room.name), room.name, how="upload: PATH"):
            self._answer(line)

    async def _take_down(self, order: TakeDown, room: Room) -> None:
        await room.unshelve(order.name)

    async def _request(self, order: Request, _room: Room) -> None:
        self._transfers.request(order.owner, order.name, Path())

    async def _share(self, order: Share, _room: Room) -> None:
        if order.folder is None:
            shared = self._client.peers.shared
            self._answer(f"You share {shared}." if shared else "You share nothing. /share FOLDER lets others have it.")
        elif not order.folder:
            await self._client.peers.unshare()
            self._answer("You share nothing any more.")
        else:
            await self.share(await asyncio.to_thread(local_path, order.folder))

    async def share(self, folder: Path, port: int = 0) -> None:
        """Let others have the files of a folder. Raises SalonError where there is none."""
        busy = await self._client.peers.share(folder, port)
        if busy is not None:
            self._answer(busy.message)
        self._answer(f"You share {folder}: everybody here can get its files by their names.")

    async def _moving(self, _order: Moving, _room: Room) -> None:
        moving = self.moving()
        for transfer in moving:
            way = "up" if transfer.up else "down"
            self._answer(f"{transfer.number} {way:<4} {bar_line(transfer, _WIDTH)}  {transfer.path}".rstrip())
        if not moving:
            self._answer("Nothing is on its way.")

    async def _pause(self, order: Pause, _room: Room) -> None:
        for job in self._jobs(order.number):
            job.pause()
            self._answer(f"{job.look().name} stands still. /proceed {job.number} lets it go on.")

    async def _proceed(self, order: Proceed, _room: Room) -> None:
        for job in self._jobs(order.number):
            job.proceed()

    async def _cancel(self, order: Cancel, _room: Room) -> None:
        jobs = self._jobs(order.number)
        if len(jobs) > 1:
            raise SalonError(refuse(WHICH_TRANSFER))
        jobs[0].cancel()

    def _jobs(self, number: int) -> Sequence[Job]:
        """The transfer with this number, or all; those that are not over. Raises SalonError where there is none."""
        jobs = [job for job in self._transfers.jobs.values() if not job.look().state.over]
        found = [job for job in jobs if number in (0, job.number)]
        if not found:
            raise SalonError(refuse(NO_SUCH_TRANSFER))
        return found

    # what is told

    def moving(self) -> list[Transfer]:
        """Transfers that are not over."""
        return [now for job in self._transfers.jobs.values() if not (now := job.look()).state.over]

    async def turn(self) -> None:
        """Wait until there is something new to draw."""
        try:
            async with asyncio.timeout(_DRAWN_SECONDS if self.moving() else None):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()

    async def all_over(self) -> None:
        """Wait until nothing is on its way any more; what stands still on purpose is not waited for."""
        for job in list(self._transfers.jobs.values()):
            while (now := await job.wait(0)).state is not State.PAUSED and not now.state.over:
                await job.wait(_DRAWN_SECONDS)

    def farewell(self) -> None:
        """Say what is not done."""
        for transfer in self.moving():
            if transfer.offset:
                self._answer(stopped_line(transfer))

    def _changed(self, job: Job) -> None:
        transfer = job.look()
        self._news.set()
        for line in self._lines(transfer):
            if self._told.get(transfer.number) != line:  # one sentence for each attempt would be many
                self._told[transfer.number] = line
                self._answer(line)
        if transfer.state.over:
            self._told.pop(transfer.number, None)

    def _lines(self, transfer: Transfer) -> list[str]:
        if transfer.state is State.FAILED:
            return [transfer.refusal.message] if transfer.refusal is not None else []
        if transfer.state is State.DONE:  # of a file that goes up, the room tells everybody
            came = [came_line(transfer)] if transfer.person else []
            return [] if transfer.up else [result_line(transfer), *came]
        if transfer.state is State.CANCELLED:
            return [f"{transfer.name} was given up."]
        if transfer.state is State.CUT:
            return [line] if (line := state_line(transfer)) is not None else []
        if transfer.evicts and not transfer.offset:
            return [evicts_line(transfer)]
        return [line] if (line := path_line(transfer)) is not None else []


def local_path(text: str) -> Path:
    """The file that somebody means who typed this, or dropped it on the terminal: as it stands, without the quotes
    around it, or with what a shell escapes. Looks whether it is there: for a thread.
    """
    candidates = [text, unquoted(text), _ESCAPED.sub(r"\1", text)]
    paths = [_at_home(Path(one)) for one in candidates]
    return next((path for path in paths if path.exists()), paths[1])


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # nobody is called so
        return path


_OBEY: dict[type[FileOrder], Callable[[FileDesk, Any, Room], Any]] = {
    Upload: FileDesk._upload,
    Download: FileDesk._download,
    Files: FileDesk._files,
    TakeDown: FileDesk._take_down,
    Request: FileDesk._request,
    Share: FileDesk._share,
    Moving: FileDesk._moving,
    Pause: FileDesk._pause,
    Proceed: FileDesk._proceed,
    Cancel: FileDesk._cancel,
}
