"""Files under their own names: `<folder>/<room>/<name>`, beside the blobs, for whoever looks into the folder.

Each is a read-only hard link to its blob, so it takes no space; a copy where links cannot be made. What stands there
is made from the shelves and follows them; nothing is read from it. Whatever else lies there belongs to somebody else:
it is neither replaced nor removed.
"""

import filecmp
import logging
import os
import shutil
import stat
from asyncio import Future
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from salon.core.filenames import SafeName, on_windows, safe_name
from salon.core.names import room_name
from salon.errors import Refusal
from salon.stores.folder import FolderBlobs

log = logging.getLogger("salon")

Names = Mapping[str, str]  # hashes by file name


class ByName:
    """The folder of names. Its jobs run behind those that move blobs into place, in the same thread.

    None of them fails: what cannot stand under its name is on the shelf all the same, and the operator is told.
    """

    def __init__(self, folder: Path, blobs: FolderBlobs, *, windows: bool = os.name == "nt") -> None:
        self._folder = folder
        self._blobs = blobs
        self._windows = windows

    def show(self, room: str, before: Names, after: Names) -> Future[None]:
        """A room's shelf holds these files now, and held those."""
        return self._blobs.in_turn(lambda: _told(room, lambda: self._show(room, before, after)))

    def tidy(self, rooms: Mapping[str, Names]) -> Future[None]:
        """Make the folder what the shelves say, whatever a server before this one left."""
        return self._blobs.in_turn(lambda: _told("all rooms", lambda: self._tidy(rooms)))

    def _show(self, room: str, before: Names, after: Names) -> None:
        place = self._place(room)
        if place is None:
            return
        place.mkdir(mode=0o700, exist_ok=True)
        for name in before.keys() - after.keys():
            if self._is_blob(place / name, before[name]):
                (place / name).unlink()
        for name, sha256 in after.items():
            if before.get(name) != sha256 and self._holds(name):
                self._put(place / name, sha256, before.get(name, sha256))
        with suppress(OSError):
            place.rmdir()  # where it is empty

    def _place(self, room: str) -> Path | None:
        """The room's folder; None where it can have none. A room with a dot in front could be our own `.salon`."""
        if room.startswith(".") or isinstance(room_name(room), Refusal) or not self._holds(room):
            return None
        place = self._folder / room
        return None if place.is_symlink() else place

    def _holds(self, name: str) -> bool:
        """Whether this system can hold a file, or a folder, of this name."""
        return not isinstance(safe_name(name), Refusal) and (not self._windows or on_windows(SafeName(name)))

    def _put(self, file: Path, sha256: str, before: str) -> None:
        if not os.path.lexists(file):
            pass
        elif self._is_blob(file, sha256):
            return
        elif not self._is_blob(file, before):
            log.error("%s is not ours: what is on the shelf under its name cannot stand there", file)
            return
        half = file.parent / f".{sha256}"
        half.unlink(missing_ok=True)
        blob = self._blobs.path(sha256)
        try:
            half.hardlink_to(blob)
        except OSError:
            with suppress(OSError):
                shutil.copyfile(blob, half)
                half.chmod(0o400)
        try:
            os.replace(half, file)  # noqa: PTH105 -- says that it replaces
        except OSError as error:
            log.error("%s cannot stand under its name: %s", file, error)
            half.unlink(missing_ok=True)

    def _is_blob(self, file: Path, sha256: str) -> bool:
        """Whether this is the blob with this hash, or a copy of it: then it may go."""
        blob = self._blobs.path(sha256)
        try:
            status, its = file.lstat(), blob.lstat()
        except OSError:
            return False
        if not stat.S_ISREG(status.st_mode):
            return False
        if os.path.samestat(status, its):
            return True
        copied = status.st_nlink == 1 and status.st_size == its.st_size and not status.st_mode & stat.S_IWUSR
        return copied and filecmp.cmp(file, blob, shallow=False)

    def _tidy(self, rooms: Mapping[str, Names]) -> None:
        inodes = self._blobs.inodes()
        for place in self._folder.iterdir():
            if not place.name.startswith(".") and place.is_dir() and not place.is_symlink():
                _told(place.name, partial(self._clear, place, rooms.get(place.name, {}), inodes))
        for room, names in rooms.items():
            _told(room, partial(self._show, room, {}, names))

    def _clear(self, place: Path, names: Names, inodes: Collection[int]) -> None:
        """Take away links to blobs that the room's shelf does not hold under that name."""
        for file in list(place.iterdir()):
            status = file.lstat()
            ours = stat.S_ISREG(status.st_mode) and status.st_nlink > 1 and status.st_ino in inodes
            if ours and not (file.name in names and self._is_blob(file, names[file.name])):
                file.unlink()
                with suppress(OSError):
                    place.rmdir()  # where it is empty


def _told(what: str, job: Callable[[], None]) -> None:
    """Run a job; the operator hears of its failure, and nobody else."""
    try:
        job()
    except OSError as error:
        log.error("The files of %s cannot stand under their names: %s", what, error)
