"""The operator's key, in the data folder: whoever can read that folder runs the server."""

import os
import secrets
from pathlib import Path

from salon.errors import FOLDER_UNUSABLE, SalonError, refuse
from salon.stores.disk import open_private, write_all
from salon.wire.operator import KEY_BYTES, is_key

NAME = "operator.key"


def operator_key(folder: Path) -> str:
    """The key of the server whose data lie here; made where there is none. Raises SalonError where that cannot be."""
    path = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _kept(path) or _made(path)
    except OSError as error:
        raise SalonError(refuse(FOLDER_UNUSABLE, folder=folder, why=f"{NAME}: {error.strerror}")) from error


def _kept(path: Path) -> str | None:
    """The key that was kept; None where there is none, or something else."""
    try:
        key = path.read_text("ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    path.chmod(0o600)  # a copy from a backup may be open to others
    return key if is_key(key) else None


def _made(path: Path) -> str:
    """A new key. It takes its place when it is whole: a crash leaves the old one, or none."""
    key = secrets.token_urlsafe(KEY_BYTES)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open_private(fresh) as file:
        write_all(file, f"{key}\n".encode())
        os.fsync(file.fileno())
    fresh.replace(path)
    return key
