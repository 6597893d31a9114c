"""What stands in a room's log, in the past tense.

Each event is stored as a JSON object with its name under `event`; the fields are the format of the log on disk, so a
change here is a migration. Fields at their default are left out.
"""

from msgspec import Struct

from salon.core.filenames import SafeName


class Said(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="event", tag="said"):
    """Somebody said something. `edited` and `redacted` are the numbers of the entries that changed it last, or 0."""

    text: str
    edited: int = 0
    redacted: int = 0


class Edited(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="event", tag="edited"):
    """The text of the message `target` became `text`. A later edit or redaction takes the text out of this entry."""

    target: int
    text: str | None = None


class Redacted(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="event", tag="redacted"):
    """The message `target` was deleted; its text is nowhere any more."""

    target: int


class TopicChanged(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="event", tag="topic"):
    """The room's topic became `topic`."""

    topic: str


class Shelved(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="event", tag="shelved"):
    """A file was put on the shelf: its bytes are in the blob store under `sha256`, `size` of them."""

    name: SafeName
    size: int
    sha256: str


class Unshelved(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="event", tag="unshelved"):
    """A file left the shelf: pushed out where the shelf keeps the `keep` newest, or taken away (`keep` 0)."""

    name: SafeName
    sha256: str
    keep: int = 0


Event = Said | Edited | Redacted | TopicChanged | Shelved | Unshelved


class Entry(Struct, frozen=True, gc=False, omit_defaults=True):
    """An event with its place.

    seq     number in the room: 1, 2, 3 …, dense
    time    milliseconds since 1970 UTC, never decreasing within a room
    author  the person's name as it was shown then
    person  the person's number (`Person.number`)
    id      what the client called its command, or empty
    """

    seq: int
    time: int
    author: str
    person: int
    event: Event
    id: str = ""
