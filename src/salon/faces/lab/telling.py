"""What a server says, as lines for a person. Pure.

The server may be Salon, which says more, or any other that speaks the lab's documents.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from salon.core.text import printable


class Heard(Struct, frozen=True):
    """A document, of whatever kind."""

    type: str = ""
    payload: dict[str, Any] = {}

    def text(self, *names: str) -> str:
        """The first of these fields that holds a text."""
        for name in names:
            if isinstance(found := self.payload.get(name), str) and found:
                return found
        return ""

    def number(self, name: str) -> int:
        found = self.payload.get(name)
        return found if isinstance(found, int) else 0

    def names(self, name: str) -> list[str]:
        found = self.payload.get(name)
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    @property
    def sentence(self) -> str:
        """What it tells a person."""
        return self.text("message", "text", "msg")


_decoder = msgspec.json.Decoder(Heard)


def heard(document: bytes) -> Heard | None:
    """A whole document as it can be looked at; None where it is none of the lab's."""
    try:
        return _decoder.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class Teller:
    """Tells of documents. `me` is the person's name, whose own doings are not told."""

    def __init__(self, me: str) -> None:
        self.me = me

    def tell(self, document: Heard) -> list[str]:
        """Lines for what happened, none where it is not worth one."""
        tell = _TELL.get(document.type)
        return [printable(line) for line in tell(self, document) if line] if tell else []

    def _message(self, message: Heard) -> list[str]:
        sender = message.text("sender", "name")
        if sender == self.me or message.number("redacted"):
            return []
        return [f"{sender}: {message.text('text', 'message', 'content')}"]

    def _notification(self, notice: Heard) -> list[str]:
        kind = notice.text("kind")
        if kind == "presence":
            return [
                *(f"{name} has joined the room." for name in notice.names("joined") if name != self.me),
                *(f"{name} has left the room." for name in notice.names("left") if name != self.me),
            ]
        if kind and not notice.number("seq") and kind not in _SPOKEN:
            return []  # a sign that passes, such as how far somebody's upload is
        if kind == "edited":
            return [f"{notice.sentence.removesuffix('.')}: {notice.text('text')}"] if notice.text("text") else []
        return [notice.sentence]

    def _sentence(self, document: Heard) -> list[str]:
        return [document.sentence]

    def _gap(self, gap: Heard) -> list[str]:
        return [gap.text("why")]


_SPOKEN = frozenset(("closing", "operator", "log_private"))  # in no log, and yet for everybody to read
_TELL: Mapping[str, Callable[[Teller, Heard], list[str]]] = {
    "message": Teller._message,
    "notification": Teller._notification,
    "error": Teller._sentence,
    "gap": Teller._gap,
    "connect_ack": Teller._sentence,
    "exit_ack": Teller._sentence,
}
