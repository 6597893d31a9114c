"""How a file is called on this machine. Pure: names in, names out."""

import hashlib
import os

from salon.core.filenames import SafeName
from salon.core.limits import NAME_BYTES
from salon.errors import NO_TYPE, OTHER_TYPE, Refusal, refuse

WINDOWS = os.name == "nt"
_NOT_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_HASH_DIGITS = 16  # enough to tell apart what one file name ever meant; the whole hash is compared in the end


def local_name(name: SafeName, *, windows: bool = WINDOWS) -> str:
    """The name under which this system can keep it: `a:b.txt` is `a_b.txt` on Windows."""
    if not windows:
        return name
    kept = name.translate(_NOT_ON_WINDOWS)
    return kept.rstrip(" .") + "_" * (len(kept) - len(kept.rstrip(" .")))


def numbered(name: str, number: int) -> str:
    """The name of the same file beside others of that name: `a (1).txt`; 0 is the name itself."""
    if not number:
        return name
    stem, dot, kind = name.rpartition(".")
    if not stem.strip("."):  # no ending, or nothing but one
        stem, dot, kind = name, "", ""
    end = f" ({number}){dot}{kind}"
    return shortened(stem, NAME_BYTES - len(end.encode())) + end


def part_name(name: str, sha256: str, number: int = 0) -> str:
    """What a download is called until it is whole. The hash of what it will be tells from what it may be gone on with.

    `number` tells it apart from another download of the same at the same time.
    """
    end = f".{sha256[:_HASH_DIGITS]}{f'-{number}' if number else ''}.part"
    return shortened(name, NAME_BYTES - len(end)) + end


def shortened(name: str, most: int) -> str:
    """The name in at most so many bytes, cut between characters."""
    data = name.encode()
    if len(data) <= most:
        return name
    return data[: max(0, most)].decode(errors="ignore")


def wrong_type(name: str, saved_as: str) -> Refusal | None:
    """Why a file should not be saved so: its ending says what it is, and this one says something else, or nothing."""
    kind, other = _kind(name), _kind(saved_as)
    if not kind or kind.casefold() == other.casefold():
        return None
    return (
        refuse(OTHER_TYPE, saved_as=saved_as, other=other, kind=kind)
        if other
        else refuse(NO_TYPE, saved_as=saved_as, kind=kind)
    )


def _kind(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return kind if stem.strip(".") else ""


def slip_name(*identity: str) -> str:
    """A file's name for what is remembered under this identity."""
    return hashlib.sha256("\0".join(identity).encode(errors="surrogateescape")).hexdigest()[:32]
