"""Where to fetch over UDP, as the server tells it."""

from msgspec import Struct


class UdpPlace(Struct, frozen=True, omit_defaults=True):
    """A QUIC endpoint.

    endpoint   its public key, 64 hex digits: whoever answers with another one is somebody else
    port       at the host by which one reaches the server
    addresses  of the server's machine, as far as it knows them: one of these may be nearer
    """

    endpoint: str
    port: int
    addresses: list[str] = []


class UdpTicket(Struct, frozen=True):
    """The same, and a ticket for one connection there."""

    endpoint: str
    port: int
    addresses: list[str]
    ticket: str
