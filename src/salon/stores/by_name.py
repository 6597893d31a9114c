"""Files under their own names: `<folder>/<room>/<name>`, beside the blobs, for whoever looks into the folder.

Each is a read-only hard link to its blob, so it takes no space; a copy where links cannot be made. What stands there
is made from the shelves and follows them; nothing is read from it.
"""

import logging
import os
import shutil
import stat
from asyncio import Future
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from salon.core.filenames import safe_name
from salon.core.names import room_name
from salon.errors import Refusal
from salon.stores.folder import FolderBlobs

log = logging.getLogger("salon")

Names = Mapping[str, str]  # hashes by file name


class ByName:
    """The folder of names. Its jobs run behind those that move blobs into place, in the same thread."""

    def __init__(self, folder: Path, blobs: FolderBlobs) -> None:
        self._folder = folder
        self._blobs = blobs

    def show(self, room: str, before: Names, after: Names) -> Future[None]:
        """A room's shelf holds these files now, and held those."""
        return self._blobs.in_turn(lambda: self._show(room, before, after))

    def _show(self, room: str, before: Names, after: Names) -> None:
        if isinstance(room_name(room), Refusal):
            return
        place = self._folder / room
        place.mkdir(mode=0o700, exist_ok=True)
        for name in before.keys() - after.keys():
            (place / name).unlink(missing_ok=True)
        for name, sha256 in after.items():
            if before.get(name) != sha256:
                self._put(place, name, sha256)
        with suppress(OSError):
            place.rmdir()  # where it is empty

    def _put(self, place: Path, name: str, sha256: str) -> None:
        if isinstance(safe_name(name), Refusal):
            return
        half = place / f".{sha256}"  # no safe name of a shelf is looked for there
        half.unlink(missing_ok=True)
        blob = self._blobs.path(sha256)
        try:
            half.hardlink_to(blob)
        except OSError:
            with suppress(OSError):
                shutil.copyfile(blob, half)
                half.chmod(0o400)
        try:
            os.replace(half, place / name)  # noqa: PTH105 -- says that it replaces
        except OSError as error:
            log.error("%s cannot stand under its name: %s", name, error)
        finally:
            half.unlink(missing_ok=True)  # a link over itself is no replacement, and leaves both

    def _is_ours(self, file: Path) -> bool:
        """Whether this is a link to a blob: whatever else lies here belongs to somebody else."""
        status = file.lstat()
        return stat.S_ISREG(status.st_mode) and status.st_nlink > 1 and status.st_ino in self._blobs.inodes()

    def tidy(self, rooms: Mapping[str, Names]) -> Future[None]:
        """Make the folder what the shelves say, whatever a server before this one left."""
        return self._blobs.in_turn(lambda: self._tidy(rooms))

    def _tidy(self, rooms: Mapping[str, Names]) -> None:
        for place in self._folder.iterdir():
            if place.name.startswith(".") or not place.is_dir() or place.is_symlink():
                continue
            for file in place.iterdir():
                if file.name not in rooms.get(place.name, {}) and self._is_ours(file):
                    file.unlink()
        for room, names in rooms.items():
            self._show(room, {}, names)
