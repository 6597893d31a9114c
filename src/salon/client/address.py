"""Where a server is, as people write it."""

import re
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from salon import PORT
from salon.errors import BAD_SERVER, SalonError, refuse

_HOST = "127.0.0.1"
_SERVER = re.compile(
    r"(?:http://)?"  # what a server prints at its start may be copied as it stands
    r"(?:\[(?P<six>[^\[\]]+)\]|(?P<host>[^\s\[\]:/@]*))"
    r"(?::(?P<port>[0-9]{1,5}))?/?",
    re.ASCII,
)


class Address(NamedTuple):
    """A host and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def http_host(self) -> str:
        """What to write as `Host`: a name that every server answers under.

        Servers look at it to keep out pages that a browser was tricked into taking for the server's own. They cannot
        know every name that people have for them, and a program that is no browser is not tricked.
        """
        try:
            ip_address(self.host)
        except ValueError:
            return f"localhost:{self.port}"
        return str(self)


def parse_address(server: str) -> Address:
    """`HOST:PORT`, `HOST`, `:PORT`, `[IPv6]:PORT` or a bare IPv6 address; what is missing is this machine and 12345.

    Raises SalonError where it is none of these.
    """
    text = server.strip()
    if not text or _is_six(text):
        return Address(text or _HOST, PORT)
    match = _SERVER.fullmatch(text)
    if match is None or text == ":" or (match["six"] and not _is_six(match["six"])):
        raise SalonError(refuse(BAD_SERVER, server=server))
    port = int(match["port"] or PORT)
    if not 1 <= port <= 65535:
        raise SalonError(refuse(BAD_SERVER, server=server))
    return Address(match["six"] or match["host"] or _HOST, port)


def _is_six(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
