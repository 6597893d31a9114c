"""A room's shelf: its files, newest first, and what a new one pushes out."""

from msgspec import Struct

from salon.core.filenames import SafeName


class Shelfmark(Struct, frozen=True, gc=False, omit_defaults=True):
    """A file on a shelf.

    size    bytes
    sha256  of the bytes, 64 hex digits in lower case
    by      the sender's name as it was shown, `person` their number
    time    milliseconds since 1970 UTC, `seq` the number of the entry that shelved it
    """

    name: SafeName
    size: int
    sha256: str
    by: str
    person: int
    time: int
    seq: int


Shelf = tuple[Shelfmark, ...]


def find(shelf: Shelf, name: str) -> Shelfmark | None:
    """The file of this name."""
    return next((mark for mark in shelf if mark.name == name), None)


def add(shelf: Shelf, mark: Shelfmark) -> Shelf:
    """The shelf with one more file in front. The same name again is its newest version, and newly received."""
    return (mark, *(other for other in shelf if other.name != mark.name))


def remove(shelf: Shelf, name: str) -> Shelf:
    """The shelf without the file of this name."""
    return tuple(mark for mark in shelf if mark.name != name)


def pushed_out(shelf: Shelf, name: str, keep: int) -> Shelf:
    """What leaves when a file of this name comes to a shelf that keeps the `keep` newest (0: all); oldest last."""
    if not keep:
        return ()
    others = [mark for mark in shelf if mark.name != name]
    return tuple(others[max(0, keep - 1) :])
