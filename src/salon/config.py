"""Settings: a frozen dataclass per section, from flags, else the environment, else a TOML file, else the default."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import platformdirs

from salon import PORT
from salon.core.limits import RELAYS, REQUESTS_PER_PERSON, SUPPLIES, SUPPLIES_PER_PERSON
from salon.core.names import fold
from salon.errors import BAD_SETTING, SalonError, refuse


def default_data() -> Path:
    """Where this system keeps what programs write."""
    return Path(platformdirs.user_data_dir("salon", appauthor=False))


@dataclass(frozen=True, slots=True)
class Serve:
    """`salon serve`. Each field is a flag, `SALON_<FIELD>` in the environment, and a key of `[serve]` in the file.

    host    address to listen on; several, separated by commas, share the port
    port    TCP port, 0 for any free one
    data    folder of the log
    memory  keep nothing on disk
    retain  forget messages older than this many seconds; 0 keeps all
    keep    how many files a room's shelf keeps, 0 for all; for one room: `5,lobby=20`
    max_file  bytes that a file may have at most; 0 is no limit
    library  a folder whose files are offered read-only beside the shelf
    by_name  show each file on a shelf as DATA/ROOM/NAME; everything else lies in DATA/.salon
    udp     files that are sent over UDP at once, on the same port number; 0 opens none
    udp_per_person  of these, to one person
    requests  files that one person may be getting from other people at once
    relays    of all these, how many the server passes on at once; 0 leaves people to reach each other directly
    log_format   what happens as lines on standard error: `text` or `json`; nothing for none
    log_private  show the operator what people say in private; people are told so
    no_console   have no operator's console
    window  show the operator's console in a window of its own, and end when that is closed
    names   host names, separated by commas, under which browsers may reach the server, besides its addresses
    """

    host: str = "127.0.0.1"
    port: int = PORT
    data: Path | None = None
    memory: bool = False
    retain: int = 0
    keep: str = "0"
    max_file: int = 0
    library: Path | None = None
    by_name: bool = False
    udp: int = 64
    udp_per_person: int = 8
    requests: int = REQUESTS_PER_PERSON
    relays: int = RELAYS
    log_format: str = ""
    log_private: bool = False
    no_console: bool = False
    window: bool = False
    names: str = ""

    @property
    def addresses(self) -> list[str]:
        """Where to listen, the first one first. What another one of them means too is left out."""
        given = list(dict.fromkeys(part.strip() for part in self.host.split(",")))
        return [one for one in given if not any(_means(other, one) for other in given if other != one)]

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(name.strip().lower() for name in self.names.split(",") if name.strip())

    @property
    def data_folder(self) -> Path:
        return self.data or default_data()

    @property
    def folder(self) -> Path:
        """Where log and blobs lie."""
        return self.data_folder / ".salon" if self.by_name else self.data_folder

    @property
    def shelves(self) -> tuple[int, dict[str, int]]:
        """How many files a shelf keeps, and how many those of certain rooms do, by folded name."""
        default, rooms = 0, {}
        for part in filter(None, (part.strip() for part in self.keep.split(","))):
            room, _, number = part.rpartition("=")
            if room:
                rooms[fold(room.strip())] = int(number)
            else:
                default = int(number)
        return default, rooms


@dataclass(frozen=True, slots=True)
class Share:
    """How a client that shares a folder gives: `SALON_SUPPLIES`, `SALON_SUPPLIES_PER_PERSON` and `SALON_DIRECT`.

    supplies             files at once, to all people together
    supplies_per_person  of these, to one person
    direct               how others may reach it without the server: `tcp`, `quic`, `both` or `none`. Without the
                         second and third it does not reach others by QUIC either
    """

    direct: str = "both"
    supplies: int = SUPPLIES
    supplies_per_person: int = SUPPLIES_PER_PERSON


def share_settings(environment: Mapping[str, str] = os.environ) -> Share:
    """The settings of a client that shares. Raises SalonError with the name of the one that cannot be."""
    found: dict[str, Any] = {}
    for field in fields(Share):
        source = f"SALON_{field.name.upper()}"
        if source in environment:
            found[field.name] = _READ_SHARE[field.name](source, environment[source])
    return Share(**found)


def serve_settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Serve:
    """The settings of a server. Raises SalonError with the name of the setting that cannot be."""
    file = _file(flags.get("config") or environment.get("SALON_CONFIG"))
    found: dict[str, Any] = {}
    for field in fields(Serve):
        name = field.name
        for source, value in (
            (f"--{name.replace('_', '-')}", flags.get(name)),
            (f"SALON_{name.upper()}", environment.get(f"SALON_{name.upper()}")),
            (f"{name} in [serve]", file.get(name)),
        ):
            if value is not None:
                found[name] = _READ[name](source, value)
                break
    return Serve(**found)


def _file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        with Path(path).open("rb") as file:
            section = tomllib.load(file).get("serve", {})
    except (OSError, ValueError) as error:  # not TOML, or not even UTF-8
        raise SalonError(refuse(BAD_SETTING, name="--config", why=error)) from error
    if not isinstance(section, dict):
        raise SalonError(refuse(BAD_SETTING, name="--config", why="serve is not a table"))
    unknown = sorted(set(section) - {field.name for field in fields(Serve)})
    if unknown:
        raise SalonError(refuse(BAD_SETTING, name="--config", why=f"there is no setting {unknown[0]}"))
    return dict(section)


def _text(_source: str, value: Any) -> str:
    return str(value)


def _host(source: str, value: Any) -> str:
    host = str(value).strip()
    if not all(part.strip() for part in host.split(",")):  # to asyncio that would be every address there is
        raise SalonError(refuse(BAD_SETTING, name=source, why="an address is needed; 0.0.0.0 is all of them"))
    return host


def _means(host: str, other: str) -> bool:
    """Whether who listens at the first address listens at the other one too."""
    if host == "localhost":
        return other in ("127.0.0.1", "::1")
    return host == ("::" if ":" in other else "0.0.0.0")  # noqa: S104 -- the names of every address of a kind


def _path(source: str, value: Any) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value!r} is not a folder"))
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"nobody's home is {value}")) from error


def _port(source: str, value: Any) -> int:
    match = re.fullmatch(r"0*(\d{1,5})", str(value).strip(), re.ASCII)
    if match is None or int(match[1]) > 65535:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is not a port (0 to 65535)"))
    return int(match[1])


def _flag(source: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("1", "true", "yes", "on"):
        return True
    if str(value).lower() in ("0", "false", "no", "off", ""):
        return False
    raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is neither yes nor no"))


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _seconds(source: str, value: Any) -> int:
    match = re.fullmatch(r"(\d{1,9})\s*([smhdw]?)", str(value).strip().lower())
    if match is None:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is not a time such as 90d, 12h or 3600"))
    return int(match[1]) * _UNITS[match[2]]


_SIZE_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}
_BINARY_UNITS = {"ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}


def _bytes(source: str, value: Any) -> int:
    match = re.fullmatch(r"(\d{1,15})\s*([kmgt]?i?)b?", str(value).strip().lower())
    unit = {**_SIZE_UNITS, **_BINARY_UNITS}.get(match[2]) if match else None
    if match is None or unit is None:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is not a size such as 100MiB, 2GB or 3000000"))
    return int(match[1]) * unit


def _count(source: str, value: Any) -> int:
    if re.fullmatch(r"[0-9]{1,6}", str(value).strip()) is None:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is not a number"))
    return int(value)


def _keep(source: str, value: Any) -> str:
    text = str(value)
    if re.fullmatch(r"\s*(?:[^,=]+=)?\s*\d{1,6}\s*(?:,\s*(?:[^,=]+=)?\s*\d{1,6}\s*)*", text) is None:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is not a number of files, or ROOM=NUMBER"))
    return text


def _form(source: str, value: Any) -> str:
    if value in ("", "text", "json"):
        return str(value)
    raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is neither text nor json"))


DIRECTLY = ("tcp", "quic", "both", "none")


def _directly(source: str, value: Any) -> str:
    if value not in DIRECTLY:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is none of {', '.join(DIRECTLY)}"))
    return str(value)


_READ = {
    "host": _host,
    "port": _port,
    "data": _path,
    "memory": _flag,
    "retain": _seconds,
    "names": _text,
    "keep": _keep,
    "max_file": _bytes,
    "library": _path,
    "by_name": _flag,
    "requests": _count,
    "relays": _count,
    "udp": _count,
    "udp_per_person": _count,
    "log_format": _form,
    "log_private": _flag,
    "no_console": _flag,
    "window": _flag,
}

_READ_SHARE = {"direct": _directly, "supplies": _count, "supplies_per_person": _count}
