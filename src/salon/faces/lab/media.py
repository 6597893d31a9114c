"""Where a lab client keeps what it gets: `CLIENT_MEDIA_<uuid>/<room>/<name>`, in the folder where it was started.

A file is beside its place until it is whole. The functions block: they are for a thread.
"""

import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from salon.client.transfers.naming import local_name
from salon.client.transfers.part import unwritable
from salon.core.filenames import SafeName, safe_name
from salon.errors import Refusal, SalonError


class Half:
    """A file that is not whole yet."""

    def __init__(self, file: BinaryIO, beside: Path, target: Path, size: int) -> None:
        self._file = file
        self._beside = beside
        self._target = target
        self._size = size

    def write(self, data: bytes) -> None:
        """What comes next. Raises SalonError where the disk would not."""
        try:
            self._file.write(data)
        except OSError as error:
            raise unwritable(error, self._target, self._size) from error

    def place(self) -> Path:
        """Give it its name; what stood under that is replaced whole. Raises SalonError where the disk would not."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            return self._beside.replace(self._target)
        except OSError as error:
            raise unwritable(error, self._target, self._size) from error

    def discard(self) -> None:
        """Leave nothing of it, unless it has its name already."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._beside.unlink(missing_ok=True)


class Media:
    """One client's folder. It is made when there is something to keep."""

    def __init__(self) -> None:
        self.folder = Path(f"CLIENT_MEDIA_{uuid.uuid4()}")

    def begin(self, room: str, raw_name: str, size: int) -> Half:
        """A file of so many bytes. Raises SalonError where it cannot be called so, or the disk would not."""
        name, folder = _safe(raw_name), self.folder / local_name(_safe(room))
        target, beside = folder / local_name(name), self.folder / f".{uuid.uuid4().hex}.part"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            folder.mkdir(exist_ok=True)
            return Half(beside.open("xb"), beside, target, size)
        except OSError as error:
            raise unwritable(error, target, size) from error

    def remove(self) -> None:
        """Leave nothing of it all."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _safe(raw: str) -> SafeName:
    name = safe_name(raw)
    if isinstance(name, Refusal):
        raise SalonError(name)
    return name
