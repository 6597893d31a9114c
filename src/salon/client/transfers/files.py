"""A room's files, as the server lists them."""

from msgspec import Struct


class File(Struct, frozen=True):
    """One file that can be had.

    sha256        64 hex digits; nothing for one of the library whose bytes nobody has asked for yet
    by            who sent it; nobody for one of the library
    time          milliseconds since 1970 UTC
    leaves_after  how many new files push it out, 0 for never
    library       whether it lies in the operator's folder instead of on the shelf
    """

    name: str
    size: int
    sha256: str = ""
    by: str = ""
    time: int = 0
    downloads: int = 0
    leaves_after: int = 0
    library: bool = False
