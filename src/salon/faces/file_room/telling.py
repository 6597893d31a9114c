"""What happens in the file room, as lines for a person. Pure."""

from collections.abc import Sequence

from salon.client.events import Back, Event, Lost, Refused
from salon.client.transfers.files import File
from salon.client.transfers.progress import State, Transfer
from salon.core.text import printable
from salon.faces.shelf.drawing import evicts_line
from salon.faces.shelf.sizes import size_text
from salon.wire.answers import Gap, Message, Notification

_SIGNS = frozenset(("typing", "read", "members", "upload", "upload_gone"))  # that pass


class Teller:
    """Tells of events. `me` is the person's name."""

    def __init__(self, me: str) -> None:
        self.me = me
        self._lost = False

    def tell(self, event: Event) -> list[str]:
        """Lines for what happened, none where it is not worth one."""
        return [printable(line) for line in self._lines(event)]

    def _lines(self, event: Event) -> list[str]:
        if isinstance(event, Message):
            return [] if event.redacted else [f"{event.sender}: {event.text}"]
        if isinstance(event, Notification):
            return self._notice(event)
        if isinstance(event, Gap):
            return [event.why]
        if isinstance(event, Refused):
            return [event.refusal.message]
        return self._line_to_server(event)

    def _notice(self, sign: Notification) -> list[str]:
        if sign.kind == "presence":
            return [
                *(f"{name} has joined the room." for name in sign.joined if name != self.me),
                *(f"{name} has left the room." for name in sign.left if name != self.me),
            ]
        if sign.kind == "edited" and sign.text is not None:
            return [f"{sign.sender} corrected: {sign.text}"]
        return [] if sign.kind in _SIGNS else [sign.message]

    def _line_to_server(self, event: Lost | Back) -> list[str]:
        lost, self._lost = self._lost, isinstance(event, Lost)
        if isinstance(event, Back):
            return ["The line is back."]
        return [] if lost else [f"The line to the server is gone: {event.why}. Looking for it."]


def told_of(transfer: Transfer) -> str:
    """What a person should know of a transfer whose state is another; nothing where the room tells it."""
    if transfer.state is State.FAILED and transfer.refusal is not None:
        return printable(transfer.refusal.message)
    if transfer.state is State.DONE and not transfer.up:
        return f"Saved {printable(transfer.saved)}"
    if transfer.state is State.MOVING and transfer.evicts and not transfer.offset:
        return evicts_line(transfer)
    return ""


def shelf_lines(files: Sequence[File]) -> list[str]:
    """`1. name (size)`, newest first."""
    if not files:
        return ["There are no files on the shelf. upload: PATH puts one there."]
    return [f"{place}. {printable(file.name)} ({size_text(file.size)})" for place, file in enumerate(files, 1)]
