"""Files from person to person: what two clients and the server tell each other before the bytes pass.

The bytes themselves pass on streams of their own, in the form of `wire.fetching`.
"""

import ipaddress
from collections.abc import Iterable
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

from salon.core.limits import SHARED_ADDRESSES

Size = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
Port = Annotated[int, Meta(ge=0, le=65_535)]

# from the client


class Share(Struct, frozen=True):
    """From now on this session hands out files to whoever asks; or no longer."""

    on: bool = True
    id: str = ""


class Request(Struct, frozen=True):
    """Ask a person for a file of theirs."""

    owner: str
    name: str
    id: str = ""


class Supply(Struct, frozen=True):
    """What the owner answers to a request: the file's size and hash, and where the owner can be reached.

    sha256     64 small hex digits; nothing while the file is still being read for it, of which `hashed` bytes are done
    port       of TCP where the owner listens, and of UDP where it has an endpoint; 0 for none
    addresses  the owner's own on its networks
    endpoint   the id of its QUIC endpoint
    more       whether a `Reach` follows, with an endpoint that is being made
    code       instead of all this: why the file cannot be had
    """

    request: str
    size: Size = 0
    sha256: str = ""
    hashed: Size = 0
    port: Port = 0
    addresses: list[str] = []
    endpoint: str = ""
    more: bool = False
    code: str = ""
    id: str = ""


class Reach(Struct, frozen=True, omit_defaults=True):
    """From an owner who has answered, and on to whoever asked: where it can be reached over UDP by now.

    port       of UDP
    addresses  the owner's own, as in an answer
    endpoint   the id of its QUIC endpoint; nothing where there is none after all
    """

    request: str
    port: Port = 0
    addresses: list[str] = []
    endpoint: str = ""
    id: str = ""


class Withdraw(Struct, frozen=True):
    """The file is here, or not wanted any more."""

    request: str
    id: str = ""


class Relay(Struct, frozen=True):
    """The first document of a connection of its own: one end of a stream through the server."""

    request: str
    ticket: str
    id: str = ""


Passing: TypeAlias = Share | Request | Supply | Reach | Withdraw

# from the server


class Asked(Struct, frozen=True):
    """To the owner: somebody wants a file.

    ticket  opens the owner's end of a relay
    secret  whoever shows this to the owner may have the file
    """

    request: str
    name: str
    by: str
    ticket: str
    secret: str


class Supplied(Struct, frozen=True, omit_defaults=True):
    """To whoever asked: what the owner has, and every way to it. `ticket` opens this end of a relay."""

    request: str
    name: str
    owner: str
    size: int
    sha256: str
    ticket: str
    secret: str
    port: int = 0
    addresses: list[str] = []
    endpoint: str = ""
    more: bool = False
    id: str = ""


class Preparing(Struct, frozen=True):
    """To whoever asked: the owner reads the file for its hash, and is so far."""

    owner: str
    name: str
    size: int
    hashed: int
    id: str = ""


class Come(Struct, frozen=True):
    """To the owner: whoever asked waits at the relay."""

    request: str


class Withdrawn(Struct, frozen=True):
    """To either: the request is over, or the other one is gone. What is under way directly may go on."""

    request: str


_encoder = msgspec.json.Encoder()


def relay_line(relay: Relay) -> bytes:
    """The document that begins an end of a relay, as it goes out."""
    return _encoder.encode({"type": "relay", "payload": relay}) + b"\n"


# which addresses are told

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def reachable(seen: str, told: Iterable[str], asker: str) -> list[str]:
    """Which addresses of an owner's are told to whoever asks: the one that the server sees, and those near the asker.

    seen   the owner's address as the server sees it; `asker` likewise
    told   what the owner says of itself. Nobody is sent to strangers by it: only networks that are nobody's on the
           internet count, for those who are in such a one too; and this machine only for who is on it
    """
    here = _parsed(asker)
    found: list[_Address] = []
    for first, text in ((True, seen), *((False, one) for one in list(told)[:SHARED_ADDRESSES])):
        address = _parsed(text)
        if address is not None and address not in found and _is_told(address, here, seen=first):
            found.append(address)
    return [str(address) for address in found]


def _is_told(address: _Address, asker: _Address | None, *, seen: bool) -> bool:
    if address.is_unspecified or address.is_multicast:
        return False
    if address.is_loopback:
        return asker is not None and asker.is_loopback
    return seen or (address.is_private and asker is not None and asker.is_private)


def _parsed(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
