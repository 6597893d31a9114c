"""What the page keeps from one run to the next, per server: what a browser would keep for a site.

The window's browser forgets everything at its end and finds the agent at another port each time, so the agent keeps it:
who one is, which rooms one is in, drafts, what was not sent yet.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs

from salon.client.address import Address
from salon.client.identity import file_name

_LAST = "last"  # the file that names the server that was reached last
_MOST_BYTES = 16 << 20  # of one server's


def kept_folder() -> Path:
    """Where this system keeps what programs remember."""
    return Path(platformdirs.user_state_dir("salon", appauthor=False)) / "window"


class Kept:
    """What is kept in a folder; nowhere but in memory where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._file: Path | None = None
        self._values: dict[str, str] = {}
        self._size = 0
        self._dirty = False
        self._writing = asyncio.Lock()

    def last_server(self) -> str:
        """The address of the server that was reached last."""
        try:
            return (self._folder / _LAST).read_text("utf-8").strip() if self._folder else ""
        except (OSError, UnicodeDecodeError):
            return ""

    async def open(self, server: Address) -> dict[str, str]:
        """Everything that is kept for this server, from now on the one that is meant."""
        await self.write()
        self._values = {}
        if self._folder is not None:
            self._file = self._folder / f"{file_name(server)}.json"
            self._values = await asyncio.to_thread(_read, self._file)
            await asyncio.to_thread(_write, self._folder / _LAST, str(server).encode())
        self._size = sum(map(len, self._values.values()))
        return dict(self._values)

    def put(self, key: str, value: str | None) -> bool:
        """Keep it under this key, or nothing; False where it is too much. On the disk once `write` was awaited."""
        size = self._size - len(self._values.get(key, "")) + len(value or "")
        if value is not None and size > _MOST_BYTES:
            return False
        self._size = size
        self._dirty = True
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        return True

    async def write(self) -> None:
        """Bring what was put to the disk."""
        async with self._writing:
            if self._dirty and self._file is not None:
                self._dirty = False
                await asyncio.to_thread(_write, self._file, msgspec.json.encode(self._values))


def _read(file: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _write(file: Path, data: bytes) -> None:
    """Replace the file whole, for its owner alone. Where that cannot be, the next run begins with what there was."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as draft_file:
            draft_file.write(data)
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
