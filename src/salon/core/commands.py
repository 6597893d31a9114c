"""What people ask of a room, in the imperative.

The fields are those of the documents that carry them (docs/protocol.md), so a decoded document is a command already.
"""

from msgspec import Struct


class Say(Struct, frozen=True, gc=False):
    """Say `text` in `room`, or privately `to` a person."""

    text: str
    room: str = ""
    to: str = ""
    id: str = ""


class Edit(Struct, frozen=True, gc=False):
    """Change the text of one's own message `seq`."""

    seq: int
    text: str
    room: str = ""
    id: str = ""


class Delete(Struct, frozen=True, gc=False):
    """Delete one's own message `seq`."""

    seq: int
    room: str = ""
    id: str = ""


class ChangeTopic(Struct, frozen=True, gc=False):
    """Give the room a topic; an empty one takes it away."""

    text: str
    room: str = ""
    id: str = ""


Command = Say | Edit | Delete | ChangeTopic
