"""Bytes, rates and times as people read them. Pure."""

import unicodedata

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def size_text(size: float) -> str:
    """`512 bytes`, `4.1 MiB`."""
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size /= 1024
        unit += 1
    if not unit:
        return f"{size:.0f} {'byte' if size == 1 else _UNITS[0]}"
    return f"{size:.{0 if size >= 100 else 1}f} {_UNITS[unit]}"


def time_text(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def percent(offset: int, size: int | None) -> int:
    """How much of it is there; never 100 before all is."""
    if size is None:
        return 0
    return 100 * offset // size if size else 100


def columns(text: str) -> int:
    """How many columns of a terminal this takes."""
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) == "Cf"
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def fitted(text: str, width: int) -> str:
    """The text in exactly so many columns: filled up, or shortened in the middle, never at its ending."""
    if columns(text) <= width:
        return text + " " * (width - columns(text))
    tail, kept = "", max(0, (width - 1) // 2)
    while columns(text[-len(tail) - 1 :]) <= kept and len(tail) < len(text):
        tail = text[-len(tail) - 1 :]
    head = ""
    while columns(text[: len(head) + 1]) + 1 + columns(tail) <= width:
        head = text[: len(head) + 1]
    whole = f"{head}…{tail}"
    return whole + " " * (width - columns(whole))
