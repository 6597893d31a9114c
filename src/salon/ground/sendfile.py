"""Files to sockets by the kernel, in pieces that leave room for everybody else.

asyncio's own `loop.sendfile` asks the kernel for the whole file at once: while the other side keeps up, that one call
goes on and on, and the loop stands still for it.
"""

import asyncio
import os
from collections.abc import Callable
from typing import BinaryIO

from salon.core.limits import KIB, MIB

TURN_BYTES = 8 * MIB  # that all transfers together send in a turn of the loop: some two milliseconds' work
LEAST_BYTES = 512 * KIB  # of one transfer in a turn, however many there are
_under_way: set[int] = set()
_LOOK_SECONDS = 5.0  # while the socket takes nothing, how often to see whether the transport was closed here


async def send_file(
    transport: asyncio.Transport,
    file: BinaryIO,
    offset: int,
    count: int,
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """Send `count` bytes of the file from `offset` on, behind what the transport holds; how many there were.

    `progress` is told how many have been sent so far, after each piece.

    Nothing else may be written meanwhile. Raises asyncio.SendfileNotAvailableError where system, transport or file
    have no such call, ConnectionError where the connection is gone.
    """
    socket = transport.get_extra_info("socket")
    source = _number(file)
    if not hasattr(os, "sendfile") or socket is None or transport.get_extra_info("sslcontext") is not None:
        raise asyncio.SendfileNotAvailableError("there is no sendfile here")
    if transport.is_closing():
        raise ConnectionResetError
    out = os.dup(socket.fileno())  # a number of our own: the loop lets nobody else wait for a transport's
    _under_way.add(out)
    try:
        while transport.get_write_buffer_size():
            await _writable(transport, out)
        sent = 0
        while sent < count:
            piece = await _send_piece(transport, out, source, offset + sent, count - sent)
            if not piece:
                break
            sent += piece
            progress(sent)
            await asyncio.sleep(0)
        return sent
    finally:
        _under_way.discard(out)
        os.close(out)


async def _send_piece(transport: asyncio.Transport, out: int, source: int, offset: int, most: int) -> int:
    """Send what may go in this turn; how many bytes. 0: the file ends here. Raises as `send_file`."""
    while True:
        if transport.is_closing():
            raise ConnectionResetError
        try:
            return os.sendfile(out, source, offset, min(_share(), most))
        except BlockingIOError:
            await _writable(transport, out)


def _share() -> int:
    """Bytes that one transfer may send in this turn."""
    return max(LEAST_BYTES, TURN_BYTES // len(_under_way))


def _number(file: BinaryIO) -> int:
    """What the kernel calls the file. Raises asyncio.SendfileNotAvailableError where it lies in memory alone."""
    try:
        return file.fileno()
    except (OSError, AttributeError):
        raise asyncio.SendfileNotAvailableError("the kernel does not know the file") from None


async def _writable(transport: asyncio.Transport, out: int) -> None:
    """Wait until the socket takes bytes, or some seconds. Raises ConnectionResetError where it was closed here."""
    if transport.is_closing():
        raise ConnectionResetError
    loop = asyncio.get_running_loop()
    turn = loop.create_future()

    def wake() -> None:
        if not turn.done():
            turn.set_result(None)

    loop.add_writer(out, wake)
    look = loop.call_later(_LOOK_SECONDS, wake)
    try:
        await turn
    finally:
        look.cancel()
        loop.remove_writer(out)
