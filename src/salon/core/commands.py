"""What people ask of a room, in the imperative.

The fields are those of the documents that carry them (docs/protocol.md), so a decoded document is a command already.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from salon.core.filenames import SafeName

# What every JSON reader can hold, and no log reaches (RFC 8259, section 6).
Number: TypeAlias = Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]


class Say(Struct, frozen=True, gc=False):
    """Say `text` in `room`, or privately `to` a person."""

    text: str
    room: str = ""
    to: str = ""
    id: str = ""


class Edit(Struct, frozen=True, gc=False):
    """Change the text of one's own message `seq`."""

    seq: Number
    text: str
    room: str = ""
    id: str = ""


class Delete(Struct, frozen=True, gc=False):
    """Delete one's own message `seq`."""

    seq: Number
    room: str = ""
    id: str = ""


class ChangeTopic(Struct, frozen=True, gc=False):
    """Give the room a topic; an empty one takes it away."""

    text: str
    room: str = ""
    id: str = ""


class Unshelve(Struct, frozen=True, gc=False):
    """Take one's own file `name` off the shelf."""

    name: str
    room: str = ""
    id: str = ""


class Shelve(Struct, frozen=True, gc=False):
    """Put a file on the shelf whose bytes are stored already. No document says this: it is how an upload ends.

    `keep` is how many files this room's shelf keeps, 0 for all.
    """

    name: SafeName
    size: int
    sha256: str
    keep: int = 0
    room: str = ""
    id: str = ""


Command = Say | Edit | Delete | ChangeTopic | Shelve | Unshelve
