"""Where to fetch over UDP, as the server tells it."""

from msgspec import Struct


class UdpPlace(Struct, frozen=True, omit_defaults=True):
    """A QUIC endpoint, at the host and port by which one reaches the server over TCP.

    endpoint   its public key, 64 hex digits: whoever answers with another one is somebody else
    addresses  of the server's machine, as far as it knows them, `host:port`: one of these may be nearer
    """

    endpoint: str
    addresses: list[str] = []


class UdpTicket(Struct, frozen=True):
    """The same, and a ticket for one connection there."""

    endpoint: str
    addresses: list[str]
    ticket: str
