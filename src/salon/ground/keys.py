"""A key that a program keeps, so that others know it again."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

_FILE_BYTES = 4096


class Key(Struct, frozen=True):
    """A secret and what it is known by, both in hex digits: so the public half need not be worked out to be told."""

    secret: str
    public: str


def read_key(path: Path) -> Key | None:
    """The key that was kept here; None where there is none that can be read. Blocks, but not for long."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_FILE_BYTES), type=Key)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def keep_key(path: Path, key: Key) -> None:
    """Keep the key for the owner of this file alone. Raises OSError. Blocks, but not for long."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, msgspec.json.encode(key))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
