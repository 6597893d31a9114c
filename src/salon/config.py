"""Settings: a frozen dataclass per section, from flags, else the environment, else a TOML file, else the default."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import platformdirs

from salon.errors import BAD_SETTING, SalonError, refuse

PORT = 12345


def default_data() -> Path:
    """Where this system keeps what programs write."""
    return Path(platformdirs.user_data_dir("salon", appauthor=False))


@dataclass(frozen=True, slots=True)
class Serve:
    """`salon serve`. Each field is a flag, `SALON_<FIELD>` in the environment, and a key of `[serve]` in the file.

    host    address to listen on
    port    TCP port, 0 for any free one
    data    folder of the log
    memory  keep nothing on disk
    retain  forget messages older than this many seconds; 0 keeps all
    names   host names, separated by commas, under which browsers may reach the server, besides its addresses
    """

    host: str = "127.0.0.1"
    port: int = PORT
    data: Path | None = None
    memory: bool = False
    retain: int = 0
    names: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(name.strip().lower() for name in self.names.split(",") if name.strip())

    @property
    def folder(self) -> Path:
        return self.data or default_data()


def serve_settings(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Serve:
    """The settings of a server. Raises SalonError with the name of the setting that cannot be."""
    file = _file(flags.get("config") or environment.get("SALON_CONFIG"))
    found: dict[str, Any] = {}
    for field in fields(Serve):
        name = field.name
        for source, value in (
            (f"--{name}", flags.get(name)),
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
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SalonError(refuse(BAD_SETTING, name="--config", why=error)) from error
    unknown = sorted(set(section) - {field.name for field in fields(Serve)})
    if unknown:
        raise SalonError(refuse(BAD_SETTING, name="--config", why=f"there is no setting {unknown[0]}"))
    return dict(section)


def _text(_source: str, value: Any) -> str:
    return str(value)


def _path(_source: str, value: Any) -> Path:
    return Path(value).expanduser()


def _port(source: str, value: Any) -> int:
    try:
        port = int(value)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise SalonError(refuse(BAD_SETTING, name=source, why=f"{value} is not a port (0 to 65535)"))
    return port


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


_READ = {"host": _text, "port": _port, "data": _path, "memory": _flag, "retain": _seconds, "names": _text}
