"""What the operating system does with a store's files, and what is told of it when it fails."""

import errno
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TypeVar

from salon.errors import DISK_FULL, STORAGE_FAILED, SalonError, refuse

log = logging.getLogger("salon")

T = TypeVar("T")

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


def guarded(job: Callable[[], T]) -> T:
    """Run a job; a failure of the disk becomes the refusal that people are told."""
    try:
        return job()
    except OSError as error:
        log.error("The folder of files failed: %s", error)
        full = error.errno in _FULL
        raise SalonError(refuse(DISK_FULL if full else STORAGE_FAILED)) from error


def open_private(path: Path) -> FileIO:
    """A new file, to be read and written by its owner alone, without a buffer. Raises FileExistsError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return FileIO(os.open(path, flags, 0o600), "r+b")


def write_all(file: FileIO, data: bytes) -> None:
    """Write everything. Raises OSError where only a part could be."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def remove_read_only(path: Path) -> None:
    """There a read-only file cannot be removed, nor one that is being read: the sweep comes back to that."""
    try:
        path.chmod(0o600)
        path.unlink()
    except PermissionError:
        log.info("A file is still being read and is removed later.")


def sync(file: FileIO) -> None:
    """Make a file's bytes durable."""
    getattr(os, "fdatasync", os.fsync)(file.fileno())  # macOS and Windows have no fdatasync


def sync_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
