"""One server per data folder."""

import os
from pathlib import Path

from salon.errors import FOLDER_IN_USE, FOLDER_UNUSABLE, SalonError, refuse
from salon.ground.modules import optional

fcntl = optional("fcntl")
msvcrt = optional("msvcrt")  # what Windows has instead


class FolderLock:
    """A lock on the data folder that dies with its process; the file names the process for whoever comes second."""

    def __init__(self, folder: Path) -> None:
        """Make the folder where it is missing and lock it. Raises SalonError where another process holds it."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise SalonError(refuse(FOLDER_UNUSABLE, folder=folder, why=error.strerror)) from error
        try:
            self._lock()
        except OSError as error:
            pid = (
                os.pread(self._file, 32, 1).decode("ascii", "replace").strip()
                if fcntl is not None
                else "of another Salon"
            )
            os.close(self._file)
            raise SalonError(refuse(FOLDER_IN_USE, folder=folder, pid=pid or "unknown")) from error
        try:
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, b" %d\n" % os.getpid())  # the first byte is what Windows locks
        except OSError:
            pass  # a full disk: the lock holds without a name on it, and what was kept can still be read

    def _lock(self) -> None:
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)

    def release(self) -> None:
        os.close(self._file)
