"""JSON documents on WebSockets.

aiohttp does the handshake and reads; what goes out is frames made once for everybody (`wire.websocket`), written to the
transport itself, so that a room's members on WebSockets cost what those on TCP cost.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from aiohttp import WSCloseCode, WSMsgType, web

from salon.core.limits import DOCUMENT_BYTES
from salon.edges.address import address_of
from salon.edges.conversation import Conversation
from salon.ground.tasks import Tasks
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.wire.documents import decode
from salon.wire.websocket import WEBSOCKET_DOCUMENTS

if TYPE_CHECKING:
    from salon.edges.http import HttpConnection

_CLOSE_SECONDS = 2.0  # for the other side to answer a close


class WebSocketOutlet:
    """The connection under a session: frames to the transport, and a gate before the next message is taken."""

    __slots__ = ("_tasks", "_transport", "_ws", "closing", "gate")

    def __init__(self, transport: asyncio.Transport, ws: web.WebSocketResponse, tasks: Tasks) -> None:
        self._transport = transport
        self._ws = ws
        self._tasks = tasks
        self.gate: asyncio.Future[None] | None = None  # while it stands, no message is taken
        self.closing = False

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    @property
    def address(self) -> str:
        return address_of(self._transport)

    @property
    def buffered(self) -> int:
        return self._transport.get_write_buffer_size()

    def hold(self) -> None:
        """Take no further message. aiohttp stops reading once what it holds for us is more than its own bound."""
        self.gate = asyncio.get_running_loop().create_future()

    def release(self) -> None:
        gate, self.gate = self.gate, None
        if gate is not None and not gate.done():
            gate.set_result(None)

    def close(self) -> None:
        """End once the last replies are on their way, which they are at the end of this turn."""
        if not self.closing:
            self.closing = True
            asyncio.get_running_loop().call_soon(self._say_goodbye)

    def abort(self) -> None:
        """End it now."""
        self._transport.abort()

    def _say_goodbye(self) -> None:
        self.release()
        self._tasks.start(self._ws.close(code=WSCloseCode.GOING_AWAY))


async def converse(hall: Hall, request: web.Request, connection: HttpConnection) -> web.WebSocketResponse:
    """Serve one WebSocket until either side ends it."""
    ws = web.WebSocketResponse(compress=False, max_msg_size=DOCUMENT_BYTES, timeout=_CLOSE_SECONDS, decode_text=False)
    await ws.prepare(request)
    transport = cast(asyncio.Transport, request.transport)
    outlet = WebSocketOutlet(transport, ws, hall.tasks)
    session = Session(outlet, WEBSOCKET_DOCUMENTS)
    conversation = Conversation(hall, session, WEBSOCKET_DOCUMENTS)
    connection.session = session
    broken = True
    try:
        broken = await _read(ws, outlet, conversation)
    finally:
        connection.session = None  # from here on the transport's pauses are aiohttp's alone
        hall.end(session, broken=broken and not conversation.ending)
    return ws


async def _read(ws: web.WebSocketResponse, outlet: WebSocketOutlet, conversation: Conversation) -> bool:
    """Documents until the end; whether the line broke without a goodbye."""
    while True:
        message = await ws.receive()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            data = cast(bytes, message.data)
            conversation.receive([decode(data)], len(data))
        else:
            return message.type not in (WSMsgType.CLOSE, WSMsgType.CLOSING)
        while outlet.gate is not None:
            await outlet.gate
