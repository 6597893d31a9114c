"""A folder for a server that keeps nothing: it goes with the server, or with the next one where that was killed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from salon.ground.clock import now_ms
from salon.ground.locks import try_lock

_PREFIX = "salon-memory-"
_OURS = frozenset(("lock", "blobs", "uploads"))  # whatever else lies in such a folder says that it is not ours
_YOUNG_SECONDS = 60  # one that is only just being made may not be locked yet


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A new folder, locked by this process, and removed in the end; those of dead processes are removed first.

    Raises OSError where the system has no place for what is passing.
    """
    _clear_up(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        lock = os.open(Path(name) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try_lock(lock)
            yield Path(name)
        finally:
            os.close(lock)


def _clear_up(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # it is somebody else's, or gone already
            lock = os.open(folder / "lock", os.O_RDWR)
            try:
                old = now_ms() / 1000 - os.fstat(lock).st_mtime > _YOUNG_SECONDS
                dead = old and _OURS.issuperset(one.name for one in folder.iterdir()) and try_lock(lock)
            finally:
                os.close(lock)
            if dead:
                shutil.rmtree(folder, ignore_errors=True)
