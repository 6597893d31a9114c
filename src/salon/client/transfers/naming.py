"""How a file is called on this machine. Pure: names in, names out."""

import hashlib
import os

from salon.core.filenames import SafeName
from salon.core.limits import NAME_BYTES
from salon.errors import NO_TYPE, OTHER_TYPE, Refusal, refuse

WINDOWS = os.name == "nt"
_NOT_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_ENDING_BYTES = 32
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
    stem, kind = _split(name)
    end = f" ({number}){kind}"
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
    kind, other = _split(name)[1].removeprefix("."), _split(saved_as)[1].removeprefix(".")
    if not kind or kind.casefold() == other.casefold():
        return None
    if not other:
        return refuse(NO_TYPE, saved_as=saved_as, kind=kind)
    return refuse(OTHER_TYPE, saved_as=saved_as, other=other, kind=kind)


def _split(name: str) -> tuple[str, str]:
    """The name and its ending with the dot, where it has one beside a name, and not one that is a text of its own."""
    stem, dot, kind = name.rpartition(".")
    if not stem.strip(".") or len(kind.encode()) > _ENDING_BYTES:
        return name, ""
    return stem, dot + kind


def slip_name(*identity: str) -> str:
    """A file's name for what is remembered under this identity."""
    return hashlib.sha256("\0".join(identity).encode(errors="surrogateescape")).hexdigest()[:32]
