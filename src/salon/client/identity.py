"""The client secret: made once per server and kept, so that one is the same person after every start."""

import getpass
import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import platformdirs

from salon.client.address import Address
from salon.core.people import is_secret
from salon.errors import NO_NAME, SalonError, refuse

_THIS_MACHINE = "this-machine"
_RETRIES = 50  # of 10 ms: another client writes the secret this very moment, where a link cannot do it at once


class Identity(NamedTuple):
    """A secret, and why it could not be kept where that is so: a sentence for the person."""

    secret: str
    trouble: str = ""


def new_secret() -> str:
    """128 random bits as 32 hex digits: for whoever wants to be somebody new in this run."""
    return secrets.token_hex(16)


def default_folder() -> Path:
    """Where this system keeps what programs remember."""
    return Path(platformdirs.user_state_dir("salon", appauthor=False)) / "clients"


def kept_identity(address: Address, folder: Path, pause: Callable[[float], None]) -> Identity:
    """The secret kept for this server; made now where there is none. Blocks: for a thread.

    Clients that start at the same moment get the same one. Where it cannot be read or kept, a secret for this run.
    `pause` waits so many seconds.
    """
    path = folder / file_name(address)
    try:
        secret = _read(path) or _make(path) or _await(path, pause)
    except OSError as error:
        why = error.strerror or str(error)
        return Identity(new_secret(), f"The file {path} cannot be used: {why}. You are somebody new in each run.")
    if not is_secret(secret):
        sentence = f"The file {path} holds no client secret. Remove it; until then you are somebody new in each run."
        return Identity(new_secret(), sentence)
    return Identity(secret)


def file_name(address: Address) -> str:
    """The name of the file for this server. All names of this machine are one server."""
    host = _THIS_MACHINE if _is_this_machine(address.host) else re.sub(r"[^a-z0-9.-]", "_", address.host.lower())
    return f"{host}_{address.port}"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _read(path: Path) -> str:
    """What the file holds; nothing where there is none, or where it is still being written."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _make(path: Path) -> str:
    """A new secret under this name, whole from its first moment; nothing where somebody else was faster."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = new_secret()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, secret)
        try:
            os.link(draft, path)
        except FileExistsError:
            return _read(path)
        except OSError:  # a file system without links: then the name comes first, and the secret a moment later
            return _write_alone(path, secret)
        return secret
    finally:
        draft.unlink(missing_ok=True)


def _write_alone(path: Path, secret: str) -> str:
    try:
        _write(path, secret)
    except FileExistsError:
        return _read(path)
    return secret


def _write(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secret}\n")


def _await(path: Path, pause: Callable[[float], None]) -> str:
    """What somebody else is writing."""
    for _ in range(_RETRIES):
        if secret := _read(path):
            return secret
        pause(0.01)
    return ""


def login_name() -> str:
    """Who this machine says one is. Raises SalonError where it says nothing."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # nobody is logged in
        raise SalonError(refuse(NO_NAME)) from error
