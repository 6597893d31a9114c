"""The vocabulary, passed on as it is between the page's WebSocket and a TCP connection to the server.

Not a word of it is looked at: cursors, ids and what is sent again are the page's own affair, as they are everywhere.
Both ways wait for whoever is slower, so that a burst costs the agent a few hundred kilobytes at most.
"""

from __future__ import annotations

import asyncio

from aiohttp import WSCloseCode, WSMsgType, web

from salon.client.address import Address
from salon.core.limits import DOCUMENT_BYTES
from salon.ground.tasks import Tasks

_READ_BYTES = 1 << 18
CONNECT_SECONDS = 5.0
_CLOSE_SECONDS = 2.0  # for the page to answer a close


async def pass_on(request: web.Request, server: Address) -> web.WebSocketResponse:
    """Serve one WebSocket of the page's until either side ends it. Raises HTTPBadGateway where no server is."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(server.host, server.port, limit=_READ_BYTES)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise web.HTTPBadGateway from error
    tasks = Tasks()
    try:
        ws = web.WebSocketResponse(
            compress=False, max_msg_size=DOCUMENT_BYTES, timeout=_CLOSE_SECONDS, decode_text=False
        )
        await ws.prepare(request)
        up, down = tasks.start(_up(ws, writer)), tasks.start(_down(reader, ws))
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
        up.cancel()  # `receive` must be nobody's any more when `close` waits for the page's answer
        await asyncio.wait([up])
        await ws.close(code=WSCloseCode.GOING_AWAY)
        return ws
    finally:
        await tasks.close()
        writer.close()


async def _up(ws: web.WebSocketResponse, writer: asyncio.StreamWriter) -> None:
    """The page's documents, a line each."""
    try:
        async for message in ws:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                writer.write(message.data + b"\n")
                await writer.drain()
    except ConnectionError:
        return  # the server is gone


async def _down(reader: asyncio.StreamReader, ws: web.WebSocketResponse) -> None:
    """The server's lines, a text frame each."""
    pieces: list[bytes] = []  # of a line that is not whole yet
    try:
        while data := await reader.read(_READ_BYTES):
            *lines, rest = data.split(b"\n")
            for line in lines:
                await ws.send_frame(b"".join((*pieces, line)), WSMsgType.TEXT)
                pieces.clear()
            if rest:
                pieces.append(rest)
    except ConnectionError:
        return  # either is gone
