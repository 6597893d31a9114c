"""A room's files as a table for people, and as JSON for programs. Pure but for the clock on the wall."""

import time
from collections.abc import Sequence

import msgspec

from salon.client.transfers.files import File
from salon.core.text import printable
from salon.faces.shelf.sizes import columns, size_text

_HEADS = ("name", "size", "by", "when", "got", "sha256", "")
_HASH_DIGITS = 12


def json_listing(files: Sequence[File]) -> str:
    """One array: the shelf newest first, then the library by name (`by` is empty there)."""
    keys = ("name", "size", "sha256", "by", "time", "downloads")
    return msgspec.json.encode([{key: getattr(file, key) for key in keys} for file in files]).decode()


def listing_lines(files: Sequence[File], room: str, how: str = "salon send FILE") -> list[str]:
    """A table under its heads; a sentence where there is nothing, with how to mend that."""
    if not files:
        return [f"There are no files in {printable(room)}. {how} puts one there."]
    rows = [_HEADS, *(_row(file) for file in files)]
    widths = [max(columns(row[place]) for row in rows) for place in range(len(_HEADS))]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in rows]


def _row(file: File) -> tuple[str, ...]:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(file.time / 1000))
    by = "(library)" if file.library else printable(file.by)
    got = "" if file.library else str(file.downloads)
    leaves = f"leaves after {file.leaves_after} more" if file.leaves_after else ""
    return printable(file.name), size_text(file.size), by, when, got, file.sha256[:_HASH_DIGITS], leaves


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Each in its column; numbers to the right."""
    return [
        " " * (width - columns(text)) + text if place in (1, 4) else text + " " * (width - columns(text))
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
