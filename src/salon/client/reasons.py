"""Why a line could not be had, or broke, in the operating system's own words."""

import os
import re
import socket

_ERRNO = re.compile(r"\[Errno (\d+)\]")


def reason(error: Exception) -> str:
    """An operating system's error in its plain words."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "there is no such host"
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (found := _ERRNO.search(str(error))):  # several addresses were tried
        number = int(found[1])
    return os.strerror(number).lower() if number else str(error)
