"""Uploads that a program before this one began: where each is, so that no file is sent from zero again."""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from salon.client.identity import default_folder
from salon.client.transfers.naming import slip_name
from salon.core.limits import UPLOAD_EXPIRY_SECONDS
from salon.ground.clock import now_ms
from salon.ground.locks import try_lock

_LOOKED_AT_AGAIN = 3  # a slip that is thrown away at the moment when it is opened
_SLIP_BYTES = 4096


class Begun(Struct, frozen=True):
    """An upload: its place on the server, and what the file was (`Source.mark`)."""

    place: str
    mark: str


def uploads_folder() -> Path:
    """Where this system keeps what programs remember, beside the clients' secrets."""
    return default_folder().parent / "uploads"


class Slip:
    """What is remembered of one upload. Held by one program at a time; one without a file remembers nothing."""

    def __init__(self, path: Path | None = None, descriptor: int = -1) -> None:
        self._path = path
        self._descriptor = descriptor

    def read(self) -> Begun | None:
        """What was begun, where that is known."""
        if self._path is None:
            return None
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        try:
            return msgspec.json.decode(os.read(self._descriptor, _SLIP_BYTES), type=Begun)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def write(self, begun: Begun) -> None:
        """Remember this. Where that cannot be, the upload goes on all the same."""
        if self._path is not None:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
                os.lseek(self._descriptor, 0, os.SEEK_SET)
                os.write(self._descriptor, msgspec.json.encode(begun))

    def throw_away(self) -> None:
        """The upload is over."""
        if self._path is not None:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
        self.close()

    def close(self) -> None:
        """Let the next program have it."""
        if self._path is not None:
            with suppress(OSError):
                if not os.fstat(self._descriptor).st_size:  # it says nothing
                    self._path.unlink()
            self._path = None
            os.close(self._descriptor)


def take_slip(folder: Path, *identity: str) -> Slip:
    """The slip for what is called so: this server, room, sender, name and path. Blocks, but not for long.

    One that remembers nothing where another program holds it, or the folder cannot be used.
    """
    path = folder / slip_name(*identity)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder, path.name)
        for _ in range(_LOOKED_AT_AGAIN):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            if not try_lock(descriptor):
                os.close(descriptor)
                break
            if os.fstat(descriptor).st_nlink:
                return Slip(path, descriptor)
            os.close(descriptor)  # thrown away between being opened and locked
    except OSError:
        pass
    return Slip()


def _sweep(folder: Path, wanted: str) -> None:
    """Remove what is said of uploads that no server knows any more, nor anybody came back for."""
    oldest = now_ms() / 1000 - 2 * UPLOAD_EXPIRY_SECONDS
    for path in folder.iterdir():
        with suppress(OSError):
            if path.name != wanted and path.stat().st_mtime < oldest:
                descriptor = os.open(path, os.O_RDWR)
                if try_lock(descriptor):
                    Slip(path, descriptor).throw_away()
                else:  # an upload that has been on its way for so long
                    os.close(descriptor)
