"""The only door by which a file's name comes in.

A `SafeName` is a base name that every system can hold and none can misread as a place. Nothing else may become a
part of a path.
"""

import re
import unicodedata
from typing import NewType

from salon.core.limits import NAME_BYTES
from salon.errors import BAD_FILE_NAME, Refusal, refuse

SafeName = NewType("SafeName", str)

# Names that Windows gives to devices, with any extension: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ .]*(?:\..*)?\Z", re.IGNORECASE | re.DOTALL
)
_DRIVE = re.compile(r"[A-Za-z]:\Z")
# Marks that turn the direction of the text around them: what is seen is then not what is there.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEPARATORS = frozenset("/\\")
_NOT_ON_WINDOWS = frozenset('<>:"|?*')  # the colon names a drive or a stream there


def unprintable(text: str) -> str | None:
    """Why the text cannot be a name on any screen, or None where it can."""
    for character in text:
        if character in _BIDI:
            return "it turns the direction of writing"
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp"):
            return "it has control characters"
        if category == "Cs":
            return "it is not whole Unicode"
    return None


def flaw(name: str) -> str | None:
    """Why this cannot be a base name on every system, or None where it can. The name is in NFC."""
    if why := unprintable(name):
        return why
    if not name.strip(" ."):
        return "it is empty"
    if len(name.encode()) > NAME_BYTES:
        return f"it has more than {NAME_BYTES} bytes"
    if _SEPARATORS.intersection(name):
        return "it names a place, not a file"
    if _DRIVE.match(name):
        return "it is a drive"
    if _DEVICES.match(name):
        return "it is the name of a device"
    return None


def safe_name(raw: str) -> SafeName | Refusal:
    """The name in NFC, or why it is none. Nothing is mended: what is stored is what was sent, or nothing."""
    name = unicodedata.normalize("NFC", raw)
    why = flaw(name)
    return refuse(BAD_FILE_NAME, why=why) if why else SafeName(name)


def on_windows(name: SafeName) -> bool:
    """Whether a file can be called so on Windows, and nothing else is meant by it there."""
    return _NOT_ON_WINDOWS.isdisjoint(name) and not name.endswith((" ", "."))
