"""The dialect of full clients on WebSockets: each JSON document is a text frame, made once for all who get it.

Frames: RFC 6455, section 5.2. What a server sends is not masked.
"""

from salon.wire.dialect import Documents

_TEXT = 0x81  # final fragment, text
_SHORT = 126  # from here on the length stands in two more bytes
_LONG = 1 << 16  # from here on in eight
_HEADS = [bytes((_TEXT, length)) for length in range(_SHORT)] + [
    bytes((_TEXT, 126)) + length.to_bytes(2, "big") for length in range(_SHORT, 1024)
]


class WebSocketDocuments(Documents):
    """The documents of `Documents`, framed."""

    title = "WebSocket"

    def finish(self, lines: bytes) -> bytes:
        """Each line as a frame. The line's end is not part of its document."""
        heads = _HEADS
        parts: list[bytes] = []
        for document in lines.split(b"\n"):
            length = len(document)
            if length:
                parts.append(heads[length] if length < len(heads) else _head(length))
                parts.append(document)
        return b"".join(parts)


def _head(length: int) -> bytes:
    if length < _LONG:
        return bytes((_TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((_TEXT, 127)) + length.to_bytes(8, "big")


WEBSOCKET_DOCUMENTS = WebSocketDocuments()
