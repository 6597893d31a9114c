"""From where a connection comes."""

import asyncio


def address_of(transport: asyncio.BaseTransport | None) -> str:
    """The other end's address, `[::1]:4711` or `127.0.0.1:4711`; nothing where the system does not know it."""
    peer = transport.get_extra_info("peername") if transport is not None else None
    if not isinstance(peer, tuple):
        return ""
    host, port = peer[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
