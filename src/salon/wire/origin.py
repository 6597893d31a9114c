"""Whether a request may come in by its `Host` and `Origin`.

Any web page could otherwise have a visitor's browser talk to a server on that visitor's machine or network: by its
address (then `Origin` is the page's), or under a name of the page's own that points here (then `Host` is that name).
"""

import ipaddress
import re
from collections.abc import Collection

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\[\]:/@\s]+)(?::\d{1,5})?")
_ORIGIN = re.compile(r"https?://(?P<host>[^/]+)", re.IGNORECASE)


def admits(host: str | None, origin: str | None, names: Collection[str] = ()) -> bool:
    """`Host` is an address, `localhost` or one of `names`; `Origin`, where there is one, is that very host."""
    match = _HOST.fullmatch(host) if host else None
    if match is None or host is None:
        return False
    name = match["name"].lower().rstrip(".")
    if not (name == "localhost" or name in names or _is_address(name.strip("[]"))):
        return False
    if origin is None:
        return True
    source = _ORIGIN.fullmatch(origin)
    return source is not None and source["host"].lower() == host.lower()


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
