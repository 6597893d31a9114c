"""What a client hears beside the server's own documents: how its line is."""

from typing import TypeAlias

from msgspec import Struct

from salon.errors import Refusal
from salon.wire.answers import Gap, Message, Notification


class Lost(Struct, frozen=True):
    """The line to the server is gone, and why. The client is looking for it again."""

    why: str


class Back(Struct, frozen=True):
    """The line is there again; what was missed comes next."""


class Refused(Struct, frozen=True):
    """The server refused something that nobody waited for: one of the queued messages, or a room after a cut."""

    refusal: Refusal
    id: str = ""


Entry: TypeAlias = Message | Notification | Gap
Event: TypeAlias = Entry | Lost | Back | Refused
