"""Looking whether a Salon answers at an address, before the page talks to it."""

from __future__ import annotations

import asyncio

from salon.client.address import Address
from salon.client.connection import CONNECT_SECONDS, open_connection
from salon.errors import NO_SERVER, SalonError, refuse
from salon.wire.answers import AnyDocument, PongDocument
from salon.wire.documents import Ping, encode


async def reach(server: Address) -> None:
    """Nothing, where a Salon answers there within 5 s. Raises SalonError with the reason where none does."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[str] = loop.create_future()  # why not, or nothing

    def receive(document: AnyDocument) -> None:
        settle("" if isinstance(document, PongDocument) else "something else than Salon answers there")

    def settle(why: str) -> None:
        if not answered.done():
            answered.set_result(why)

    begun = loop.time()
    connection = await open_connection(server, receive, settle)
    try:
        connection.write(encode(Ping()))
        left = max(0.1, CONNECT_SECONDS - (loop.time() - begun))
        await asyncio.wait([answered], timeout=left)
        why = answered.result() if answered.done() else "it does not answer"
        if why:
            raise SalonError(refuse(NO_SERVER, server=server, why=why))
    finally:
        connection.close()
