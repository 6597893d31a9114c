"""Salon: a place people run themselves to talk in rooms and pass each other files."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salon.client import connect as connect

__version__ = "0.1.0"
PORT = 12345  # TCP; where a server is unless it is told otherwise


def __getattr__(name: str) -> Any:
    """`salon.connect`, imported when it is first asked for: `import salon` itself costs nothing."""
    if name != "connect":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from salon.client import connect

    return connect
